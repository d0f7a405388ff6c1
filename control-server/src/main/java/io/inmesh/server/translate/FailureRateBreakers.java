package io.inmesh.server.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.cluster.Cluster;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * {@code circuitBreaker.failureRate} of a BackendTrafficPolicy, as cluster metadata {@code io.inmesh}, field {@code circuitBreaker}. Envoy
 * and stock gRPC have nothing like it and read over it.
 */
final class FailureRateBreakers {
    private static final double DEFAULT_PERCENT = 50;

    private FailureRateBreakers() {}

    static void apply(Cluster.Builder cluster, BackendPolicy backend) {
        Field rule = backend.failureRate();
        if (rule.absent()) {
            return;
        }
        Struct.Builder breaker = Struct.newBuilder();
        boolean slowOnly =
                rule.get("percent").absent() && rule.get("slowCallPercent").present();
        breaker.putFields(
                "failureRatePercent",
                Protos.number(rule.get("percent").decimal().orElse(slowOnly ? 0 : DEFAULT_PERCENT)));
        for (String number : new String[] {"minimumCalls", "window", "halfOpenCalls", "slowCallPercent"}) {
            rule.get(number).decimal().ifPresent(n -> breaker.putFields(number, Protos.number(n)));
        }
        for (String duration : new String[] {"openDuration", "slowCallDuration"}) {
            rule.get(duration).duration().ifPresent(d -> breaker.putFields(duration, Protos.string(seconds(d))));
        }
        MeshMetadata.put(
                cluster,
                "circuitBreaker",
                Value.newBuilder().setStructValue(breaker).build());
    }

    private static String seconds(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
        return seconds.stripTrailingZeros().toPlainString() + "s";
    }
}
