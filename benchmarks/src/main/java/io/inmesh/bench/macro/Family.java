package io.inmesh.bench.macro;

import io.inmesh.bench.report.Goal;
import java.util.List;

/**
 * Arms that are compared with each other, because they call the same port of the same backend.
 *
 * @param name what they have in common
 * @param service whom they call
 * @param comparisons what is compared; the first is the control
 */
record Family(String name, String service, List<Comparison> comparisons) {

    /**
     * One arm over another.
     *
     * @param name what the table says
     * @param arm the one
     * @param over the other
     * @param throughput wished ratio of throughputs
     * @param bytes wished ratio of bytes allocated per call
     */
    record Comparison(String name, Arm arm, Arm over, Goal throughput, Goal bytes) {}

    private static final Goal NEARLY_BARE = Goal.atLeast(0.97);
    private static final Goal AS_GOOD = Goal.atLeast(1);
    private static final Goal NO_MORE = Goal.atMost(1);

    /** {@return all families: HTTP and gRPC, each in plaintext and with mTLS} */
    static List<Family> all() {
        return List.of(
                http("HTTP", Deployment.PLAIN),
                http("HTTP, mTLS", Deployment.SECURE),
                grpc("gRPC", Deployment.PLAIN),
                grpc("gRPC, mTLS", Deployment.SECURE));
    }

    /** {@return what telemetry costs calls by HTTP and by gRPC} */
    static List<Family> telemetry() {
        return List.of(
                telemetry(
                        "HTTP",
                        Arm.OKHTTP_SILENT,
                        Arm.OKHTTP_SILENT_TWIN,
                        Arm.OKHTTP_TELLING,
                        Arm.OKHTTP_TRACING,
                        Arm.OKHTTP_LOGGING),
                telemetry(
                        "gRPC",
                        Arm.GRPC_SILENT,
                        Arm.GRPC_SILENT_TWIN,
                        Arm.GRPC_TELLING,
                        Arm.GRPC_TRACING,
                        Arm.GRPC_LOGGING));
    }

    private static Family telemetry(String name, Arm silent, Arm twin, Arm telling, Arm tracing, Arm logging) {
        return new Family(
                name,
                Deployment.PLAIN,
                List.of(
                        new Comparison("A/A: silent over silent", twin, silent, Goal.NONE, Goal.NONE),
                        new Comparison("metrics, 1 % of traces", telling, silent, NEARLY_BARE, Goal.NONE),
                        new Comparison("metrics, all traces", tracing, silent, Goal.NONE, Goal.NONE),
                        new Comparison(
                                "metrics, all traces, all calls logged", logging, silent, Goal.NONE, Goal.NONE)));
    }

    private static Family http(String name, String service) {
        return new Family(
                name,
                service,
                List.of(
                        new Comparison("A/A: bare over bare", Arm.OKHTTP_TWIN, Arm.OKHTTP, Goal.NONE, Goal.NONE),
                        new Comparison(
                                "meshed over bare OkHttp", Arm.OKHTTP_MESH, Arm.OKHTTP, NEARLY_BARE, Goal.NONE)));
    }

    private static Family grpc(String name, String service) {
        return new Family(
                name,
                service,
                List.of(
                        new Comparison("A/A: bare over bare", Arm.GRPC_TWIN, Arm.GRPC, Goal.NONE, Goal.NONE),
                        new Comparison("meshed over bare grpc-java", Arm.GRPC_MESH, Arm.GRPC, NEARLY_BARE, Goal.NONE),
                        new Comparison("grpc-java xDS over bare", Arm.GRPC_XDS, Arm.GRPC, Goal.NONE, Goal.NONE),
                        new Comparison("meshed over grpc-java xDS", Arm.GRPC_MESH, Arm.GRPC_XDS, AS_GOOD, NO_MORE)));
    }

    /** {@return the arm that all others are seen beside} */
    Arm bare() {
        return comparisons.get(0).over();
    }

    /** {@return every arm once} */
    List<Arm> arms() {
        return comparisons.stream()
                .flatMap(comparison -> List.of(comparison.over(), comparison.arm()).stream())
                .distinct()
                .toList();
    }
}
