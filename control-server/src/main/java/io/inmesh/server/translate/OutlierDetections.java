package io.inmesh.server.translate;

import com.google.protobuf.Value;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.OutlierDetection;
import io.inmesh.xds.type.Percent;
import java.util.List;

/** {@code outlierDetection}: when an endpoint that fails is left out for a while. */
final class OutlierDetections {
    private static final int ALWAYS = 100;

    private OutlierDetections() {}

    /** @param outlier what a DestinationRule says */
    static void apply(Cluster.Builder cluster, Field outlier, BackendPolicy backend) {
        Field rates = backend.outlierDetection();
        if (outlier.absent() && rates.absent()) {
            return;
        }
        OutlierDetection.Builder detection = OutlierDetection.newBuilder();
        if (outlier.absent()) {
            detection
                    .setEnforcingConsecutive5Xx(Protos.uint32(0))
                    .setEnforcingConsecutiveLocalOriginFailure(Protos.uint32(0));
        }
        EjectionRates.apply(detection, rates);
        times(detection, outlier);
        consecutive(detection, outlier);
        cluster.setOutlierDetection(detection);
        cluster.getCommonLbConfigBuilder()
                .setHealthyPanicThreshold(Percent.newBuilder()
                        .setValue(outlier.get("minHealthPercent").integer(0)));
        List<Value> codes = outlier.get("outlierDetectionHttpErrorCodes").items().stream()
                .map(code -> Protos.number(code.integer(0)))
                .toList();
        if (!codes.isEmpty()) {
            MeshMetadata.put(cluster, "outlierDetectionHttpErrorCodes", Protos.list(codes));
        }
    }

    /** Stock gRPC judges by rates only, and only if there is something to judge by. Source: gRFC A50. */
    static void applyGrpcSafe(Cluster.Builder cluster, Field outlier, BackendPolicy backend) {
        Field rates = backend.outlierDetection();
        if (rates.get("successRate").absent() && rates.get("failurePercentage").absent()) {
            return;
        }
        OutlierDetection.Builder detection = OutlierDetection.newBuilder();
        EjectionRates.apply(detection, rates);
        times(detection, outlier);
        cluster.setOutlierDetection(detection);
    }

    private static void times(OutlierDetection.Builder detection, Field outlier) {
        outlier.get("interval").duration().ifPresent(d -> detection.setInterval(Protos.duration(d)));
        outlier.get("baseEjectionTime").duration().ifPresent(d -> detection.setBaseEjectionTime(Protos.duration(d)));
        int maxPercent = outlier.get("maxEjectionPercent").integer(0);
        if (maxPercent > 0) {
            detection.setMaxEjectionPercent(Protos.uint32(maxPercent));
        }
    }

    private static void consecutive(OutlierDetection.Builder detection, Field outlier) {
        outlier.get("consecutive5xxErrors")
                .integer()
                .ifPresent(n -> detection
                        .setConsecutive5Xx(Protos.uint32(n))
                        .setEnforcingConsecutive5Xx(Protos.uint32(n > 0 ? ALWAYS : 0)));
        outlier.get("consecutiveGatewayErrors")
                .integer()
                .ifPresent(n -> detection
                        .setConsecutiveGatewayFailure(Protos.uint32(n))
                        .setEnforcingConsecutiveGatewayFailure(Protos.uint32(n > 0 ? ALWAYS : 0)));
        if (outlier.get("splitExternalLocalOriginErrors").flag(false)) {
            detection.setSplitExternalLocalOriginErrors(true);
            outlier.get("consecutiveLocalOriginFailures")
                    .integer()
                    .ifPresent(n -> detection
                            .setConsecutiveLocalOriginFailure(Protos.uint32(n))
                            .setEnforcingConsecutiveLocalOriginFailure(Protos.uint32(n > 0 ? ALWAYS : 0)));
        }
    }
}
