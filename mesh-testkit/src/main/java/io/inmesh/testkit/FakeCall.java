package io.inmesh.testkit;

import io.inmesh.call.InboundCall;
import io.inmesh.identity.SpiffeId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call without a transport, outbound or inbound. Starts as {@code GET http://reviews:9080/} from nowhere, over plaintext; each method
 * changes one thing and returns the call.
 */
public final class FakeCall implements InboundCall {

    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private Protocol protocol = Protocol.HTTP;
    private String host = "reviews";
    private int port = 9080;
    private String scheme = "http";
    private String method = "GET";
    private String path = "/";
    private @Nullable String query;
    private boolean replayable = true;
    private long deadlineNanos = Long.MAX_VALUE;
    private long arrivedNanos = ARRIVAL_UNKNOWN;
    private boolean streaming;
    private @Nullable SpiffeId peer;
    private boolean secure;
    private @Nullable InetAddress peerAddress;
    private @Nullable InetAddress localAddress;
    private int localPort = 9080;
    private @Nullable String requestedServerName;

    private FakeCall() {}

    /** {@return {@code GET} of a path} */
    public static FakeCall get(String path) {
        return new FakeCall().path(path);
    }

    /** {@return a gRPC call of a method such as {@code /pkg.Service/Method}} */
    public static FakeCall grpc(String method) {
        FakeCall call = new FakeCall().path(method).method("POST");
        call.protocol = Protocol.GRPC;
        return call;
    }

    /** Sets the request method. */
    public FakeCall method(String method) {
        this.method = method;
        return this;
    }

    /** Sets host and port. */
    public FakeCall to(String host, int port) {
        this.host = host;
        this.port = port;
        return this;
    }

    /** Sets the percent-encoded path. */
    public FakeCall path(String path) {
        this.path = path;
        return this;
    }

    /** Sets the percent-encoded query, null for none. */
    public FakeCall query(@Nullable String query) {
        this.query = query;
        return this;
    }

    /** Adds a header value; the same name may be added again. */
    public FakeCall header(String name, String value) {
        headers.computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                .add(value);
        return this;
    }

    /** Says whether the body can be sent again. */
    public FakeCall replayable(boolean replayable) {
        this.replayable = replayable;
        return this;
    }

    /** Sets the monotonic time at which the application gives up. */
    public FakeCall deadlineNanos(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
        return this;
    }

    /** Sets the monotonic time at which the request began to wait for a thread. */
    public FakeCall arrivedNanos(long arrivedNanos) {
        this.arrivedNanos = arrivedNanos;
        return this;
    }

    /** Makes it a call that lasts as long as the two sides like. */
    public FakeCall asStream() {
        this.streaming = true;
        return this;
    }

    /** Makes the connection TLS with a peer that proved this identity. */
    public FakeCall peer(SpiffeId peer) {
        this.peer = peer;
        return overTls();
    }

    /** Makes the connection TLS. */
    public FakeCall overTls() {
        this.secure = true;
        this.scheme = "https";
        return this;
    }

    /** Sets the address of the connection's peer. */
    public FakeCall from(String address) {
        this.peerAddress = literal(address);
        return this;
    }

    /** Sets the local address and port. */
    public FakeCall at(String address, int port) {
        this.localAddress = literal(address);
        this.localPort = port;
        return this;
    }

    /** Sets the server name of the handshake. */
    public FakeCall requestedServerName(String name) {
        this.requestedServerName = name;
        return this;
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address: " + address, e);
        }
    }

    @Override
    public Protocol protocol() {
        return protocol;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String scheme() {
        return scheme;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public @Nullable String query() {
        return query;
    }

    @Override
    public @Nullable String header(String name) {
        List<String> values = headers.get(name);
        return values == null ? null : String.join(",", values);
    }

    @Override
    public List<String> headerValues(String name) {
        return headers.getOrDefault(name, List.of());
    }

    @Override
    public Set<String> headerNames() {
        return Set.copyOf(headers.keySet());
    }

    @Override
    public boolean replayable() {
        return replayable;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public long arrivedNanos() {
        return arrivedNanos;
    }

    @Override
    public boolean streaming() {
        return streaming;
    }

    @Override
    public @Nullable SpiffeId peer() {
        return peer;
    }

    @Override
    public boolean secure() {
        return secure;
    }

    @Override
    public @Nullable InetAddress peerAddress() {
        return peerAddress;
    }

    @Override
    public @Nullable InetAddress localAddress() {
        return localAddress;
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public @Nullable String requestedServerName() {
        return requestedServerName;
    }
}
