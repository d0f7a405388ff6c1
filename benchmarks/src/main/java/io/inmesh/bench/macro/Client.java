package io.inmesh.bench.macro;

import io.inmesh.Mesh;
import io.inmesh.bench.process.Json;
import io.inmesh.bench.process.Replies;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A process that calls the backend in one way, when it is told to. */
final class Client {

    private Client() {}

    /**
     * Gets ready, says so, and takes turns: {@code closed CALLERS MILLIS} or {@code open RATE MILLIS SEED}.
     *
     * @param arguments arm, service to call, and its local port for arms that know no names
     */
    public static void main(String[] arguments) throws Exception {
        Arm arm = Arm.valueOf(arguments[0]);
        String service = arguments[1];
        try (Load load = new Load(caller(arm, service, Integer.parseInt(arguments[2])))) {
            Replies.answer("ready");
            Replies.serve(line -> Json.MAPPER.writeValueAsString(turn(load, line.split(" "))));
        }
        System.exit(0);
    }

    private static Sample turn(Load load, String[] words) throws Exception {
        long durationNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[2]));
        return switch (words[0]) {
            case "closed" -> load.closed(Integer.parseInt(words[1]), durationNanos);
            case "open" -> load.open(Double.parseDouble(words[1]), durationNanos, Long.parseLong(words[3]));
            default -> throw new IllegalArgumentException("no such turn: " + words[0]);
        };
    }

    private static Caller caller(Arm arm, String service, int port) throws Exception {
        if (arm == Arm.GRPC_XDS) {
            return GrpcCallers.xds(service);
        }
        if (arm.meshed()) {
            Telling telling = arm.telling();
            if (telling != null) {
                telling.begin();
            }
            Mesh mesh = Backend.join();
            return arm.grpc() ? GrpcCallers.meshed(mesh, service) : HttpCallers.meshed(mesh, service);
        }
        if (service.equals(Deployment.PLAIN)) {
            return arm.grpc() ? GrpcCallers.bare(port) : HttpCallers.bare(port);
        }
        // The same certificates and the same TLS as the mesh's, only without the mesh on the way of calls.
        IdentityEpoch epoch = Backend.join().identity().current();
        if (epoch == null) {
            throw new IllegalStateException("ready without identity");
        }
        SpiffeId backend = SpiffeId.of(Deployment.TRUST_DOMAIN, "default", service);
        PeerExpectation peer = new PeerExpectation(Set.of(backend), service);
        return arm.grpc() ? GrpcCallers.bare(port, epoch, peer) : HttpCallers.bare(port, epoch, peer);
    }
}
