package io.inmesh.client.translate;

import com.google.protobuf.Any;
import io.inmesh.config.BalancingConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.PeakEwmaConfig;
import io.inmesh.config.ProbingConfig;
import io.inmesh.config.ProbingConfig.Rule;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.LoadBalancingPolicy.Policy;
import io.inmesh.xds.type.struct.TypedStruct;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Algorithms that go by latency and reported load, as the mesh's own server sends them: typed structs that other clients skip. */
final class LearningTranslator {

    private static final String TYPED_STRUCT = "xds.type.v3.TypedStruct";
    private static final String PREFIX = "io.inmesh.balance.";
    private static final String PLACE = "load_balancing_policy";

    private final ResourceReader reader;

    LearningTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    /**
     * {@return the algorithm that an entry of the list asks for; null if it is none of these}
     *
     * @throws InvalidResourceException if it cannot be read
     */
    @Nullable
    LoadBalancer algorithm(Policy policy) {
        TypedStruct struct = struct(policy);
        return switch (struct == null ? "" : name(struct)) {
            case PREFIX + "PeakEwma" -> LoadBalancer.PEAK_EWMA;
            case PREFIX + "Probing" -> LoadBalancer.PROBING;
            default -> null;
        };
    }

    /**
     * {@return settings with those of the algorithm}
     *
     * @throws InvalidResourceException if one of them cannot be
     */
    BalancingConfig settings(Cluster cluster, BalancingConfig usual) {
        for (Policy policy : cluster.getLoadBalancingPolicy().getPoliciesList()) {
            TypedStruct struct = struct(policy);
            if (struct != null && algorithm(policy) != null) {
                StructReader settings = new StructReader(reader, PLACE, struct.getValue());
                PeakEwmaConfig peakEwma = settings.inner("peakEwma", this::peakEwma);
                ProbingConfig probing = settings.inner("probing", this::probing);
                settings.end();
                return usual.withPeakEwma(peakEwma == null ? usual.peakEwma() : peakEwma)
                        .withProbing(probing == null ? usual.probing() : probing);
            }
        }
        return usual;
    }

    private PeakEwmaConfig peakEwma(StructReader settings) {
        PeakEwmaConfig usual = PeakEwmaConfig.DEFAULT;
        return new PeakEwmaConfig(
                positive(settings, "decay", usual.decay()),
                positive(settings, "initialLatency", usual.initialLatency()));
    }

    private ProbingConfig probing(StructReader settings) {
        ProbingConfig usual = ProbingConfig.DEFAULT;
        String rule = settings.text("rule", usual.rule().name());
        if (!rule.equals("FRESH_SED") && !rule.equals("HCL")) {
            throw settings.wrong("rule", "is \"" + rule + "\", neither FRESH_SED nor HCL");
        }
        int size = settings.integer("poolSize", usual.poolSize());
        if (size != ProbingConfig.ADAPTIVE && (size < 2 || size > ProbingConfig.LARGEST_POOL)) {
            throw settings.wrong("poolSize", "is not from 2 to " + ProbingConfig.LARGEST_POOL);
        }
        return new ProbingConfig(
                Rule.valueOf(rule),
                size,
                share(settings, "probesPerCall", usual.probesPerCall()),
                positive(settings, "sampleMaxAge", usual.sampleMaxAge()),
                share(settings, "qRif", usual.qRif()));
    }

    private static Duration positive(StructReader settings, String name, Duration usual) {
        Duration duration = settings.duration(name, usual);
        if (duration.isZero() || duration.isNegative()) {
            throw settings.wrong(name, "must be positive");
        }
        return duration;
    }

    private static double share(StructReader settings, String name, double usual) {
        double share = settings.number(name, usual);
        if (!(share >= 0 && share <= 1)) {
            throw settings.wrong(name, "is not from 0 to 1");
        }
        return share;
    }

    private @Nullable TypedStruct struct(Policy policy) {
        Any config = policy.getTypedExtensionConfig().getTypedConfig();
        return config.getTypeUrl().endsWith("/" + TYPED_STRUCT)
                ? reader.unpack(PLACE, config, TypedStruct.parser())
                : null;
    }

    private static String name(TypedStruct struct) {
        return struct.getTypeUrl().substring(struct.getTypeUrl().lastIndexOf('/') + 1);
    }
}
