package io.inmesh.server.translate;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ApiPath;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.RateLimitRule;
import io.inmesh.server.rule.Rules;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.type.struct.TypedStruct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The filters of the InboundTrafficPolicy that a workload obeys: what Envoy can say as Envoy says it, and the rest as a filter of our own
 * that Envoy may leave out. Stock gRPC servers know neither and get neither.
 */
final class InboundTrafficFilters {
    /** Name of our own filter. */
    static final String FILTER = "io.inmesh.filters.http.inbound_traffic";

    /** Type of its configuration, a struct with the members of the policy's spec and its {@code origin}. */
    static final String TYPE = "type.googleapis.com/io.inmesh.filters.http.InboundTraffic";

    private InboundTrafficFilters() {}

    static List<HttpFilter> of(Rules rules, String namespace, Map<String, String> labels, Personality personality) {
        if (personality == Personality.GRPC_SAFE) {
            return List.of();
        }
        List<HttpFilter> filters = new ArrayList<>();
        rules.inboundTrafficPolicies().lookup(namespace, labels).ifPresent(policy -> {
            RateLimitFilters.of(policy).ifPresent(filters::add);
            filters.add(own(policy));
        });
        return filters;
    }

    private static HttpFilter own(Resource policy) {
        Field spec = Field.spec(policy);
        Struct.Builder config = Struct.newBuilder().putFields("origin", Protos.string(ApiPath.of(policy.key())));
        ListValue.Builder limits = ListValue.newBuilder();
        for (RateLimitRule limit : RateLimitRule.of(spec)) {
            if (!limit.shared()) {
                limits.addValues(Value.newBuilder().setStructValue(rateLimit(limit)));
            }
        }
        if (limits.getValuesCount() > 0) {
            config.putFields(
                    "rateLimits", Value.newBuilder().setListValue(limits).build());
        }
        if (spec.get("concurrency").present()) {
            config.putFields("concurrency", concurrency(spec.get("concurrency")));
        }
        if (spec.get("trustCriticality").flag(false)) {
            config.putFields("trustCriticality", Protos.json(spec.get("trustCriticality")));
        }
        spec.get("minRemaining").duration().ifPresent(time -> config.putFields("minRemaining", seconds(time)));
        TypedStruct struct =
                TypedStruct.newBuilder().setTypeUrl(TYPE).setValue(config).build();
        return HttpFilter.newBuilder()
                .setName(FILTER)
                .setTypedConfig(Protos.pack(struct))
                .setIsOptional(true)
                .build();
    }

    private static Struct rateLimit(RateLimitRule limit) {
        Struct.Builder struct = Struct.newBuilder()
                .putFields("name", Protos.string(limit.name()))
                .putFields("tokens", number(limit.tokens()))
                .putFields("burst", number(limit.burst()))
                .putFields("fillInterval", seconds(limit.fillInterval()))
                .putFields("per", Protos.json(limit.per()));
        if (limit.match().present()) {
            struct.putFields("match", Protos.json(limit.match()));
        }
        return struct.build();
    }

    private static Value concurrency(Field concurrency) {
        Struct.Builder struct = Protos.json(concurrency).getStructValue().toBuilder();
        concurrency.get("maxQueueWait").duration().ifPresent(time -> struct.putFields("maxQueueWait", seconds(time)));
        return Value.newBuilder().setStructValue(struct).build();
    }

    private static Value number(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }

    /** A duration as protobuf's JSON writes it: seconds with a fraction. */
    private static Value seconds(Duration time) {
        return Protos.string(java.math.BigDecimal.valueOf(time.toNanos(), 9)
                        .stripTrailingZeros()
                        .toPlainString() + "s");
    }
}
