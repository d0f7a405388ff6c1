package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/** A condition on a request that has ended. Source: the part of CEL that {@code docs/observability.md} lists. */
public sealed interface LogFilter {

    /** All of several conditions. */
    record And(List<LogFilter> all) implements LogFilter {
        /** Copies the list. */
        public And {
            all = List.copyOf(all);
        }
    }

    /** One of several conditions. */
    record Or(List<LogFilter> any) implements LogFilter {
        /** Copies the list. */
        public Or {
            any = List.copyOf(any);
        }
    }

    /** The opposite of a condition. */
    record Not(LogFilter filter) implements LogFilter {}

    /**
     * A comparison.
     *
     * @param attribute what is looked at
     * @param header lower case name of the header, empty for other attributes
     * @param operator how it is compared
     * @param value what it is compared with
     */
    record Compare(Attribute attribute, String header, Operator operator, Object value) implements LogFilter {
        /** Checks that attribute, operator and value fit together. */
        public Compare {
            Objects.requireNonNull(value, "value");
            if (attribute.type != value.getClass()) {
                throw new IllegalArgumentException(
                        attribute.text + " is compared with " + attribute.describe() + ", not with " + value);
            }
            if (operator.ordered && attribute.type != Long.class) {
                throw new IllegalArgumentException(attribute.text + " has no order; compare it with == or !=");
            }
        }
    }

    /** What a condition may look at. */
    enum Attribute {
        /** The HTTP status, 0 without one. */
        RESPONSE_CODE("response.code", Long.class),
        /** The gRPC status, -1 for other requests. */
        GRPC_STATUS("response.grpc_status", Long.class),
        /** Time from beginning to end, in milliseconds. */
        DURATION_MILLIS("request.duration", Long.class),
        /** The method. */
        METHOD("request.method", String.class),
        /** The host that was asked for. */
        HOST("request.host", String.class),
        /** The path without query. */
        PATH("request.url_path", String.class),
        /** A header of the request, empty if absent. */
        HEADER("request.headers", String.class),
        /** Whether the peer proved an identity. */
        MTLS("connection.mtls", Boolean.class);

        private final String text;
        private final Class<?> type;

        Attribute(String text, Class<?> type) {
            this.text = text;
            this.type = type;
        }

        /** {@return its name in CEL} */
        public String text() {
            return text;
        }

        private String describe() {
            return type == Long.class ? "a whole number" : type == String.class ? "text" : "true or false";
        }
    }

    /** How two values are compared. */
    enum Operator {
        /** They are the same. */
        EQUAL(false),
        /** They differ. */
        NOT_EQUAL(false),
        /** The first is smaller. */
        LESS(true),
        /** The first is smaller or the same. */
        LESS_OR_EQUAL(true),
        /** The first is larger. */
        GREATER(true),
        /** The first is larger or the same. */
        GREATER_OR_EQUAL(true);

        private final boolean ordered;

        Operator(boolean ordered) {
            this.ordered = ordered;
        }
    }
}
