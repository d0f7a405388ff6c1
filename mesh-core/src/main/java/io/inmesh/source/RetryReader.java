package io.inmesh.source;

import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads {@code retry}. Conditions have Envoy's names. */
final class RetryReader {

    private static final String ANY_SERVER_ERROR = "5xx";

    private RetryReader() {}

    static RetryConfig read(Section retry) {
        RetryConfig usual = RetryConfig.DEFAULT;
        Set<Condition> conditions = conditions(retry.list("on"));
        Set<Integer> codes = codes(retry.list("statusCodes"));
        Set<Condition> on = retry.keys().contains("on") ? conditions : EnumSet.copyOf(usual.on());
        if (!codes.isEmpty()) {
            on.add(Condition.RETRIABLE_STATUS_CODES);
        }
        return new RetryConfig(
                retry.integer("retries", usual.retries()),
                on,
                codes,
                retry.duration("perTryTimeout"),
                retry.duration("backoffBase", usual.backoffBase()),
                retry.duration("backoffMax", usual.backoffMax()),
                retry.flag("avoidPrevious", usual.avoidPrevious()));
    }

    private static Set<Condition> conditions(List<Value> values) {
        Set<Condition> conditions = EnumSet.noneOf(Condition.class);
        for (Value value : values) {
            boolean serverError = value.isText() && ANY_SERVER_ERROR.equals(value.text());
            Condition condition = serverError ? Condition.SERVER_ERROR : value.word(Condition.class);
            if (condition != null) {
                conditions.add(condition);
            }
        }
        return conditions;
    }

    private static Set<Integer> codes(List<Value> values) {
        Set<Integer> codes = new HashSet<>();
        for (Value value : values) {
            Integer code = value.parse(Integer::valueOf, "an HTTP status");
            if (code != null) {
                codes.add(code);
            }
        }
        return codes;
    }
}
