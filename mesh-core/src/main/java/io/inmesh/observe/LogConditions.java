package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.config.LogFilter;
import io.inmesh.config.LogFilter.And;
import io.inmesh.config.LogFilter.Compare;
import io.inmesh.config.LogFilter.Not;
import io.inmesh.config.LogFilter.Operator;
import io.inmesh.config.LogFilter.Or;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tests the conditions under which requests are logged. */
final class LogConditions {

    private LogConditions() {}

    /**
     * {@return whether one of several conditions holds, or there is none}
     *
     * @param status HTTP status, 0 without one
     * @param grpcStatus gRPC status, negative for other requests
     */
    static boolean hold(List<LogFilter> filters, Call call, int status, int grpcStatus, long durationNanos) {
        if (filters.isEmpty()) {
            return true;
        }
        for (LogFilter filter : filters) {
            if (holds(filter, call, status, grpcStatus, durationNanos)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(LogFilter filter, Call call, int status, int grpcStatus, long durationNanos) {
        if (filter instanceof And and) {
            for (LogFilter part : and.all()) {
                if (!holds(part, call, status, grpcStatus, durationNanos)) {
                    return false;
                }
            }
            return true;
        } else if (filter instanceof Or or) {
            for (LogFilter part : or.any()) {
                if (holds(part, call, status, grpcStatus, durationNanos)) {
                    return true;
                }
            }
            return false;
        } else if (filter instanceof Not not) {
            return !holds(not.filter(), call, status, grpcStatus, durationNanos);
        }
        Compare compare = (Compare) filter;
        return switch (compare.attribute()) {
            case RESPONSE_CODE -> compare(compare, status);
            case GRPC_STATUS -> compare(compare, grpcStatus);
            case DURATION_MILLIS -> compare(compare, TimeUnit.NANOSECONDS.toMillis(durationNanos));
            case METHOD -> equal(compare, call.method());
            case HOST -> equal(compare, call.host());
            case PATH -> equal(compare, call.path());
            case HEADER -> {
                String header = call.header(compare.header());
                yield equal(compare, header == null ? "" : header);
            }
            case MTLS -> equal(compare, call instanceof InboundCall inbound && inbound.peer() != null);
        };
    }

    private static boolean equal(Compare compare, Object value) {
        return value.equals(compare.value()) == (compare.operator() == Operator.EQUAL);
    }

    /** Numbers are not made objects of, since many a request is tested and not logged. */
    private static boolean compare(Compare compare, long value) {
        int order = Long.compare(value, (Long) compare.value());
        return switch (compare.operator()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }
}
