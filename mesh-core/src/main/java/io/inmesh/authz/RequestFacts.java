package io.inmesh.authz;

import io.inmesh.call.InboundCall;
import io.inmesh.call.RequestEdits;
import io.inmesh.identity.SpiffeId;
import io.inmesh.token.VerifiedToken;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What policies are tested on: an inbound request in its canonical form. Used by one thread. */
public final class RequestFacts {

    private static final int REMEMBERED = 4;
    private static final String[] NO_NAMES = new String[0];

    private final InboundCall call;
    private final String path;
    private final String host;
    private final @Nullable SpiffeId peer;
    private final @Nullable VerifiedToken token;
    private final RequestEdits edits;
    private final @Nullable ClientAddress client;
    private String[] names = NO_NAMES;
    private @Nullable String[] plain = NO_NAMES;
    private List<List<String>> values = List.of();
    private int known;
    private @Nullable String hostAndPort;
    private @Nullable String principal;

    /**
     * Makes the facts of a request.
     *
     * @param call the request
     * @param path its {@linkplain CanonicalPath canonical path}
     */
    public RequestFacts(InboundCall call, String path) {
        this(call, path, null, RequestEdits.NONE);
    }

    /**
     * Makes the facts of a request.
     *
     * @param call the request
     * @param path its {@linkplain CanonicalPath canonical path}
     * @param token the token it proved, null for none
     * @param edits what is shown otherwise than it came in; policies see headers as the application will
     */
    public RequestFacts(InboundCall call, String path, @Nullable VerifiedToken token, RequestEdits edits) {
        this(call, path, token, edits, null);
    }

    /**
     * Makes the facts of a request.
     *
     * @param call the request
     * @param path its {@linkplain CanonicalPath canonical path}
     * @param token the token it proved, null for none
     * @param edits what is shown otherwise than it came in; policies see headers as the application will
     * @param client whom it is made for, null if that is the connection's peer
     */
    public RequestFacts(
            InboundCall call,
            String path,
            @Nullable VerifiedToken token,
            RequestEdits edits,
            @Nullable ClientAddress client) {
        this.edits = edits;
        this.token = token;
        this.client = client;
        this.call = call;
        this.path = path;
        this.host = HostName.canonical(call.host());
        this.peer = call.peer();
    }

    InboundCall call() {
        return call;
    }

    String path() {
        return path;
    }

    /** {@return all values of a header; the transport is asked once for the names that policies have most in common} */
    List<String> headerValues(String name) {
        int index = remembered(name);
        return index < 0 ? edits.headerValues(call, name) : values.get(index);
    }

    /** {@return the value of a header that comes once and has one reading only; null if it comes otherwise, or not} */
    @Nullable
    String plainHeader(String name) {
        int index = remembered(name);
        return index < 0 ? null : plain[index];
    }

    /** {@return where the values of a header are kept, negative if there is no more room} */
    private int remembered(String name) {
        for (int i = 0; i < known; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        if (known == REMEMBERED) {
            return -1;
        }
        if (known == 0) {
            names = new String[REMEMBERED];
            plain = new String[REMEMBERED];
            values = new ArrayList<>(REMEMBERED);
        }
        List<String> found = edits.headerValues(call, name);
        names[known] = name;
        plain[known] = found.size() == 1 && hasOneReading(found.get(0)) ? found.get(0) : null;
        values.add(found);
        return known++;
    }

    private static boolean hasOneReading(String line) {
        int last = line.length() - 1;
        return last >= 0
                && line.indexOf(',') < 0
                && !Character.isWhitespace(line.charAt(0))
                && !Character.isWhitespace(line.charAt(last));
    }

    /** {@return canonical host, as whoever received the request reads it} */
    String host() {
        return host;
    }

    /** {@return the same with the port the client named} */
    String hostAndPort() {
        if (hostAndPort == null) {
            hostAndPort = host + ":" + call.port();
        }
        return hostAndPort;
    }

    /**
     * {@return what {@code Host} headers name besides, empty as a rule}
     *
     * <p>A container that believes {@code X-Forwarded-Host} tells the application another host than the one the client asked for.
     */
    List<HostName> otherHosts() {
        List<String> named = call.headerValues("host");
        if (named.isEmpty()) {
            return List.of();
        }
        List<HostName> others = new ArrayList<>(0);
        for (String text : named) {
            HostName name = HostName.parse(text);
            if (!name.host().equals(host)) {
                others.add(name);
            }
        }
        return others;
    }

    /** {@return address of the client, null if it is not known} */
    @Nullable
    InetAddress clientAddress() {
        return client == null ? call.peerAddress() : client.address();
    }

    @Nullable
    SpiffeId peer() {
        return peer;
    }

    @Nullable
    VerifiedToken token() {
        return token;
    }

    /** {@return the peer's SPIFFE id as text, null without one} */
    @Nullable
    String principal() {
        if (principal == null) {
            principal = peer == null ? null : peer.toString();
        }
        return principal;
    }
}
