package io.inmesh.grpc;

import io.grpc.MethodDescriptor.Marshaller;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalCheck;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The messages of {@code envoy.service.auth.v3.Authorization/Check}, by hand, since this module does without protobuf. */
final class CheckMessages {

    private static final int SIZE_UNKNOWN = -1;
    private static final long MILLIS = 1000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    static final Marshaller<ExternalCheck> REQUEST = new Marshaller<>() {
        @Override
        public InputStream stream(ExternalCheck check) {
            return new ByteArrayInputStream(request(check));
        }

        @Override
        public ExternalCheck parse(InputStream stream) {
            throw new UnsupportedOperationException("requests are only sent");
        }
    };

    static final Marshaller<ExternalAnswer> RESPONSE = new Marshaller<>() {
        @Override
        public InputStream stream(ExternalAnswer value) {
            throw new UnsupportedOperationException("responses are only received");
        }

        @Override
        public ExternalAnswer parse(InputStream stream) {
            try {
                return CheckResponse.read(stream.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private CheckMessages() {}

    /** {@code CheckRequest.attributes}: source, destination, request (its time, and what it is). */
    static byte[] request(ExternalCheck check) {
        WireWriter request = new WireWriter();
        request.message(1, attributes -> {
            attributes.message(
                    1,
                    source -> peer(
                            source,
                            check.peerAddress(),
                            0,
                            check.peer() == null ? "" : check.peer().toString()));
            attributes.message(2, destination -> peer(destination, check.localAddress(), check.localPort(), ""));
            attributes.message(4, received -> {
                received.message(1, time -> {
                    time.number(1, Math.floorDiv(check.epochMillis(), MILLIS));
                    time.number(2, Math.floorMod(check.epochMillis(), MILLIS) * NANOS_PER_MILLI);
                });
                received.message(2, http -> http(http, check));
            });
        });
        return request.bytes();
    }

    /** {@code AttributeContext.Peer}: address (a socket address), principal. */
    private static void peer(WireWriter peer, @Nullable InetAddress address, int port, String principal) {
        if (address != null) {
            peer.message(
                    1,
                    any -> any.message(1, socket -> {
                        socket.text(2, address.getHostAddress());
                        socket.number(3, port);
                    }));
        }
        peer.text(4, principal);
    }

    /** {@code AttributeContext.HttpRequest}: id, method, headers, path, host, scheme, size, protocol. */
    private static void http(WireWriter http, ExternalCheck check) {
        http.text(1, check.headers().getOrDefault("x-request-id", ""));
        http.text(2, check.method());
        new TreeMap<>(check.headers())
                .forEach((name, value) -> http.message(3, header -> {
                    header.text(1, name);
                    header.text(2, value);
                }));
        http.text(4, check.path());
        http.text(5, check.host());
        http.text(6, check.scheme());
        http.number(9, SIZE_UNKNOWN);
        http.text(10, check.wireProtocol());
    }
}
