package io.inmesh.client.translate;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.BalancingConfig.SubsetConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.WarmUpConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.LoadBalancingPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The algorithm of a cluster and its settings. */
final class BalancingTranslator {

    /** Stands for the own id until the config is put together. */
    static final String OWN_ID = "";

    /** Envoy's default: whoever writes it down asks for nothing. */
    private static final long ENVOY_MAX_RING_SIZE = 8L << 20;

    private static final String OWN_METADATA = "io.inmesh";

    private final ResourceReader reader;

    BalancingTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    LoadBalancer algorithm(Cluster cluster) {
        // Envoy prefers this list where it is set, and of it the first that it knows.
        for (LoadBalancingPolicy.Policy policy :
                cluster.getLoadBalancingPolicy().getPoliciesList()) {
            LoadBalancer own = new LearningTranslator(reader).algorithm(policy);
            if (own != null) {
                return own;
            }
            String type = policy.getTypedExtensionConfig().getTypedConfig().getTypeUrl();
            if (type.endsWith(".RoundRobin")) {
                return LoadBalancer.ROUND_ROBIN;
            } else if (type.endsWith(".LeastRequest")) {
                return LoadBalancer.LEAST_REQUEST;
            } else if (type.endsWith(".Random")) {
                return LoadBalancer.RANDOM;
            }
        }
        reader.ignored()
                .noteIf(
                        cluster.getLoadBalancingPolicy().getPoliciesCount() > 0,
                        "load_balancing_policy",
                        "none of these is done by this version; lb_policy is used");
        return switch (cluster.getLbPolicy()) {
            case ROUND_ROBIN -> LoadBalancer.ROUND_ROBIN;
            case RANDOM -> LoadBalancer.RANDOM;
            case LEAST_REQUEST -> LoadBalancer.LEAST_REQUEST;
            case RING_HASH -> LoadBalancer.RING_HASH;
            case MAGLEV -> LoadBalancer.MAGLEV;
            default -> {
                reader.ignored()
                        .note(
                                "lb_policy",
                                cluster.getLbPolicy() + " is not done by this version; least request is used");
                yield LoadBalancer.LEAST_REQUEST;
            }
        };
    }

    /**
     * {@return the settings of the algorithm}
     *
     * @throws InvalidResourceException if a table size is not possible
     */
    BalancingConfig settings(Cluster cluster) {
        noteUnused(cluster);
        BalancingConfig usual = BalancingConfig.DEFAULT;
        Cluster.RingHashLbConfig ring = cluster.getRingHashLbConfig();
        Cluster.MaglevLbConfig maglev = cluster.getMaglevLbConfig();
        int maximum =
                ringSize(ring.hasMaximumRingSize(), ring.getMaximumRingSize().getValue(), usual.maximumRingSize());
        int minimum =
                ringSize(ring.hasMinimumRingSize(), ring.getMinimumRingSize().getValue(), usual.minimumRingSize());
        long table = maglev.hasTableSize() ? maglev.getTableSize().getValue() : usual.tableSize();
        int subset = (int) Values.number(cluster.getMetadata(), OWN_METADATA, "subset_size");
        try {
            return usual.withRing(Math.min(minimum, maximum), maximum)
                    .withTableSize(table < 0 || table > BalancingConfig.MAX_TABLE_SIZE ? 0 : (int) table)
                    .withLoadBoundPercent(bound(cluster))
                    .withWarmUp(warmUp(cluster))
                    .withSubset(subset > 0 ? new SubsetConfig(subset, OWN_ID) : null);
        } catch (IllegalArgumentException outOfRange) {
            throw reader.invalid("lb_config", String.valueOf(outOfRange.getMessage()));
        }
    }

    /** {@return settings with the id of this process where it is meant} */
    static BalancingConfig identified(BalancingConfig settings, String ownId) {
        SubsetConfig subset = settings.subset();
        return subset == null ? settings : settings.withSubset(new SubsetConfig(subset.size(), ownId));
    }

    private int ringSize(boolean given, long sent, int usual) {
        if (!given) {
            return usual;
        }
        boolean huge = sent < 0 || sent > BalancingConfig.MAX_RING_SIZE;
        reader.ignored()
                .noteIf(
                        huge && Long.compareUnsigned(sent, ENVOY_MAX_RING_SIZE) != 0,
                        "ring_hash_lb_config",
                        "rings have at most " + BalancingConfig.MAX_RING_SIZE + " entries here");
        return huge ? BalancingConfig.MAX_RING_SIZE : (int) Math.max(1, sent);
    }

    private static int bound(Cluster cluster) {
        Cluster.CommonLbConfig.ConsistentHashingLbConfig common =
                cluster.getCommonLbConfig().getConsistentHashingLbConfig();
        return common.hasHashBalanceFactor()
                ? (int) Math.min(Integer.MAX_VALUE, Values.unsigned(common.getHashBalanceFactor()))
                : 0;
    }

    private static @Nullable WarmUpConfig warmUp(Cluster cluster) {
        Cluster.SlowStartConfig slow = cluster.getRoundRobinLbConfig().hasSlowStartConfig()
                ? cluster.getRoundRobinLbConfig().getSlowStartConfig()
                : cluster.getLeastRequestLbConfig().getSlowStartConfig();
        Duration window = Values.duration(slow.getSlowStartWindow());
        if (window.isZero() || window.isNegative()) {
            return null;
        }
        return new WarmUpConfig(
                window,
                slow.hasMinWeightPercent()
                        ? slow.getMinWeightPercent().getValue()
                        : WarmUpConfig.DEFAULT_MINIMUM_PERCENT,
                // Below 1 the ramp would begin slower than Istio allows to ask for.
                slow.hasAggression() ? Math.max(1, slow.getAggression().getDefaultValue()) : 1);
    }

    private void noteUnused(Cluster cluster) {
        IgnoredFields ignored = reader.ignored();
        ignored.noteIf(
                cluster.getRingHashLbConfig().getHashFunction() == Cluster.RingHashLbConfig.HashFunction.MURMUR_HASH_2,
                "ring_hash_lb_config.hash_function",
                "places on the ring are found by XX_HASH");
        ignored.noteIf(
                cluster.getCommonLbConfig().getConsistentHashingLbConfig().getUseHostnameForHashing(),
                "common_lb_config.consistent_hashing_lb_config.use_hostname_for_hashing",
                "endpoints are told apart by address");
        ignored.noteIf(
                cluster.getLeastRequestLbConfig().hasChoiceCount()
                        && cluster.getLeastRequestLbConfig().getChoiceCount().getValue() != 2,
                "lb_config.choice_count",
                "two endpoints are compared");
    }
}
