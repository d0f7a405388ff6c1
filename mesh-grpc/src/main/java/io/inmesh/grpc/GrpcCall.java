package io.inmesh.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.inmesh.call.Call;
import io.inmesh.call.CallContext;
import io.inmesh.call.Prober;
import io.inmesh.time.Clock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A view over a gRPC call as the HTTP/2 request it becomes. */
final class GrpcCall implements Call {

    /** Carries what an inbound call means for those made on its behalf to wherever gRPC's context goes. */
    static final Context.Key<CallContext> CONTEXT = Context.keyWithDefault("inmesh-call-context", CallContext.NONE);

    private final MethodDescriptor<?, ?> method;
    private final String path;
    private final Authority authority;
    private final Metadata headers;
    private final @Nullable Prober prober;
    private final long deadlineNanos;
    private volatile boolean committed;
    private volatile @Nullable MessageCount count;

    GrpcCall(
            MethodDescriptor<?, ?> method,
            String path,
            Authority authority,
            Metadata headers,
            @Nullable Deadline deadline,
            Clock clock,
            @Nullable Prober prober) {
        this.prober = prober;
        this.method = method;
        this.path = path;
        this.authority = authority;
        this.headers = headers;
        this.deadlineNanos =
                deadline == null ? Long.MAX_VALUE : clock.nanos() + deadline.timeRemaining(TimeUnit.NANOSECONDS);
    }

    @Override
    public @Nullable Prober prober() {
        return prober;
    }

    @Override
    public Protocol protocol() {
        return Protocol.GRPC;
    }

    @Override
    public String host() {
        return authority.host();
    }

    @Override
    public int port() {
        return authority.port();
    }

    @Override
    public String scheme() {
        return "http";
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public @Nullable String query() {
        return null;
    }

    @Override
    public @Nullable String header(String name) {
        return headerOf(headers, name);
    }

    @Override
    public List<String> headerValues(String name) {
        return headerValuesOf(headers, name);
    }

    /** {@return whether every message sent so far is still at hand and nothing of an answer has reached the application} */
    @Override
    public boolean replayable() {
        return !committed;
    }

    /** {@return what the method's definition says ({@code idempotency_level}); unknown counts as not idempotent} */
    @Override
    public boolean idempotent() {
        return method.isIdempotent() || method.isSafe();
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** Notes what an attempt that has ended had of messages. One that was cancelled was seldom the one that answered. */
    void counted(@Nullable MessageCount counted, Status end) {
        if (count == null || end.getCode() != Status.Code.CANCELLED) {
            count = counted;
        }
    }

    @Override
    public long requestBytes() {
        MessageCount counted = count;
        return counted == null ? SIZE_UNKNOWN : counted.requestBytes();
    }

    @Override
    public long responseBytes() {
        MessageCount counted = count;
        return counted == null ? SIZE_UNKNOWN : counted.responseBytes();
    }

    @Override
    public long requestMessages() {
        MessageCount counted = count;
        return counted == null ? SIZE_UNKNOWN : counted.requests();
    }

    @Override
    public long responseMessages() {
        MessageCount counted = count;
        return counted == null ? SIZE_UNKNOWN : counted.responses();
    }

    /** {@return what is bound to the thread, or else what gRPC's own context brought there} */
    @Override
    public CallContext context() {
        CallContext bound = CallContext.current();
        return bound == CallContext.NONE ? CONTEXT.get() : bound;
    }

    /** Ends the time in which the call could be repeated. */
    void commit() {
        committed = true;
    }

    boolean committed() {
        return committed;
    }

    /**
     * {@return whether gRPC has headers of this name; others come in all the same, but no application can read them}
     *
     * <p>Source: gRPC over HTTP/2, {@code Header-Name}, and the dot that grpc-java takes besides.
     */
    static boolean isHeaderName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.') {
                return false;
            }
        }
        return !name.isEmpty();
    }

    static @Nullable String headerOf(Metadata headers, String name) {
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            List<String> values = headerValuesOf(headers, name);
            return values.isEmpty() ? null : String.join(",", values);
        }
        Iterable<String> all = headers.getAll(MetadataKeys.of(name));
        if (all == null) {
            return null;
        }
        Iterator<String> values = all.iterator();
        String first = values.next();
        return values.hasNext() ? String.join(",", all) : first;
    }

    static List<String> headerValuesOf(Metadata headers, String name) {
        List<String> values = new ArrayList<>(1);
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            Iterable<byte[]> binary = headers.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
            if (binary != null) {
                for (byte[] value : binary) {
                    // As it stands on the wire.
                    values.add(
                            new String(Base64.getEncoder().withoutPadding().encode(value), StandardCharsets.US_ASCII));
                }
            }
            return values;
        }
        Iterable<String> text = headers.getAll(MetadataKeys.ofAnybody(name));
        if (text == null) {
            return List.of();
        }
        text.forEach(values::add);
        return values;
    }
}
