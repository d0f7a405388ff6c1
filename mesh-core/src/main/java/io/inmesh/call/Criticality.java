package io.inmesh.call;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How much it matters that a request is answered; under overload the least critical is given up first. Handed on from call to call.
 *
 * <p>Source: Google, "Site Reliability Engineering", chapter 21 (Handling Overload).
 */
public enum Criticality {
    /** What must not fail; provision for all of it. */
    CRITICAL_PLUS,
    /** The default: failing it is seen by users. */
    CRITICAL,
    /** May fail for a while: batch work that is tried again later. */
    SHEDDABLE_PLUS,
    /** May fail often, and even entirely for a while. */
    SHEDDABLE;

    /** The header, and the gRPC metadata key, that carries it: the name in lower case with dashes, such as {@code sheddable-plus}. */
    public static final String HEADER = "x-inmesh-criticality";

    private static final Criticality[] ALL = values();

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** {@return how it is written in the header} */
    public String text() {
        return text;
    }

    /** {@return what a header value says; {@link #CRITICAL} if there is none or it is not understood} */
    public static Criticality of(@Nullable String header) {
        if (header != null) {
            for (Criticality criticality : ALL) {
                if (criticality.text.equalsIgnoreCase(header)) {
                    return criticality;
                }
            }
        }
        return CRITICAL;
    }
}
