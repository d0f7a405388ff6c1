package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.OutlierDetection;
import io.inmesh.xds.type.Percent;

/** {@code outlierDetection}: when an endpoint that fails is left out for a while. */
final class OutlierDetections {
    private static final int ALWAYS = 100;

    private OutlierDetections() {}

    static void apply(Cluster.Builder cluster, Field outlier) {
        if (outlier.absent()) {
            return;
        }
        OutlierDetection.Builder detection = OutlierDetection.newBuilder()
                // Istio offers no ejection by success rate, and Envoy's would be on unless switched off here.
                .setEnforcingSuccessRate(Protos.uint32(0));
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
        outlier.get("interval").duration().ifPresent(d -> detection.setInterval(Protos.duration(d)));
        outlier.get("baseEjectionTime").duration().ifPresent(d -> detection.setBaseEjectionTime(Protos.duration(d)));
        int maxPercent = outlier.get("maxEjectionPercent").integer(0);
        if (maxPercent > 0) {
            detection.setMaxEjectionPercent(Protos.uint32(maxPercent));
        }
        cluster.setOutlierDetection(detection);
        cluster.getCommonLbConfigBuilder()
                .setHealthyPanicThreshold(Percent.newBuilder()
                        .setValue(outlier.get("minHealthPercent").integer(0)));
    }
}
