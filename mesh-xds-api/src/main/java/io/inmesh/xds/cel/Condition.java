package io.inmesh.xds.cel;

import java.util.List;

/** A condition on a request that has ended. */
public sealed interface Condition {

    /** Both of two conditions. */
    record And(Condition first, Condition second) implements Condition {}

    /** One of two conditions. */
    record Or(Condition first, Condition second) implements Condition {}

    /** The opposite of a condition. */
    record Not(Condition condition) implements Condition {}

    /** Always or never. */
    record Constant(boolean value) implements Condition {}

    /**
     * A comparison with a constant.
     *
     * @param attribute what is looked at, one of {@link #ATTRIBUTES}
     * @param header lower case name of the header where the attribute is {@code request.headers}, else empty
     * @param operator {@code ==}, {@code !=}, {@code <}, {@code <=}, {@code >} or {@code >=}; the last four for numbers and durations
     * @param value a {@link Long} (milliseconds for durations), a {@link String} or a {@link Boolean}, as the attribute needs it
     */
    record Compare(String attribute, String header, String operator, Object value) implements Condition {}

    /** The attributes that may be looked at. Source: Envoy, "Attributes". */
    List<String> ATTRIBUTES = List.of(
            "response.code",
            "response.grpc_status",
            "request.duration",
            "request.method",
            "request.host",
            "request.url_path",
            "request.headers",
            "connection.mtls");

    /**
     * {@return the condition an expression states}
     *
     * @throws IllegalArgumentException if it is none, or beyond what this mesh understands; the message says what and where
     */
    static Condition parse(String expression) {
        return new ConditionParser(expression).parse();
    }
}
