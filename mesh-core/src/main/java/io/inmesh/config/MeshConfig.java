package io.inmesh.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Everything one process is told: whom it may call and how, and who may call it.
 *
 * <pre>{@code
 * MeshConfig config = MeshConfig.builder()
 *     .cluster(ClusterConfig.of("reviews-v1").endpoint("10.0.0.7", 9080).endpoint("10.0.0.8", 9080))
 *     .virtualHost(VirtualHostConfig.of("reviews:9080", RouteConfig.to("reviews-v1")))
 *     .build();
 * }</pre>
 *
 * @param version name of this state, shown in errors and status; content decides equality of behaviour, not this
 * @param virtualHosts destinations by name
 * @param clusters groups of endpoints
 * @param inbound what is asked of requests that come in
 * @param telemetry what is told about calls
 */
public record MeshConfig(
        String version,
        List<VirtualHostConfig> virtualHosts,
        List<ClusterConfig> clusters,
        InboundConfig inbound,
        TelemetryConfig telemetry) {

    /** Knows nobody and refuses nobody: every outbound call passes through untouched. */
    public static final MeshConfig EMPTY = new MeshConfig("0", List.of(), List.of(), InboundConfig.OPEN);

    /** Copies the lists. */
    public MeshConfig {
        Objects.requireNonNull(version, "version");
        virtualHosts = List.copyOf(virtualHosts);
        clusters = List.copyOf(clusters);
        Objects.requireNonNull(inbound, "inbound");
        Objects.requireNonNull(telemetry, "telemetry");
    }

    /** A config that leaves telemetry to the settings of the process. */
    public MeshConfig(
            String version, List<VirtualHostConfig> virtualHosts, List<ClusterConfig> clusters, InboundConfig inbound) {
        this(version, virtualHosts, clusters, inbound, TelemetryConfig.STANDARD);
    }

    /** {@return a builder of a config named {@code 1}} */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the parts of a config. Not thread-safe. */
    public static final class Builder {
        private String version = "1";
        private final List<VirtualHostConfig> virtualHosts = new ArrayList<>();
        private final List<ClusterConfig> clusters = new ArrayList<>();
        private InboundConfig inbound = InboundConfig.OPEN;
        private TelemetryConfig telemetry = TelemetryConfig.STANDARD;

        private Builder() {}

        /** Names the config. */
        public Builder version(String version) {
            this.version = version;
            return this;
        }

        /** Adds a destination. */
        public Builder virtualHost(VirtualHostConfig virtualHost) {
            virtualHosts.add(virtualHost);
            return this;
        }

        /** Adds a cluster. */
        public Builder cluster(ClusterConfig cluster) {
            clusters.add(cluster);
            return this;
        }

        /** Sets what is asked of requests that come in. */
        public Builder inbound(InboundConfig inbound) {
            this.inbound = inbound;
            return this;
        }

        /** Sets what is told about calls. */
        public Builder telemetry(TelemetryConfig telemetry) {
            this.telemetry = telemetry;
            return this;
        }

        /** {@return the config} */
        public MeshConfig build() {
            return new MeshConfig(version, virtualHosts, clusters, inbound, telemetry);
        }
    }
}
