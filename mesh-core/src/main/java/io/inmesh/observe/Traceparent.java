package io.inmesh.observe;

import io.inmesh.time.Randomness;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The header of W3C Trace Context for traces that are not kept, written without the objects that a propagator wants to see. Most traces are
 * not kept, and this header is all there is to them.
 *
 * <p>Source: W3C Trace Context, {@code traceparent}.
 */
final class Traceparent {

    /** Name of the header. */
    static final String HEADER = "traceparent";

    private static final String VERSION = "00-";
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGIT_BITS = 4;
    private static final int DIGIT_MASK = 0xf;
    private static final int DIGITS_OF_LONG = 16;
    private static final int TRACE = VERSION.length();
    private static final int SPAN = TRACE + 2 * DIGITS_OF_LONG + 1;
    private static final byte[] PATTERN =
            (VERSION + TraceId.getInvalid() + "-" + SpanId.getInvalid() + "-00").getBytes(StandardCharsets.US_ASCII);

    private static final ThreadLocal<byte[]> TEXTS = ThreadLocal.withInitial(PATTERN::clone);

    private Traceparent() {}

    /** {@return the header of a new trace that is not kept} */
    static String unkept(Randomness randomness) {
        byte[] text = TEXTS.get();
        write(id(randomness), text, TRACE);
        write(id(randomness), text, TRACE + DIGITS_OF_LONG);
        write(id(randomness), text, SPAN);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** {@return the same as a span that records nothing, for what wants to see one} */
    static Span unkeptSpan(Randomness randomness) {
        return Span.wrap(SpanContext.create(
                TraceId.fromLongs(id(randomness), id(randomness)),
                SpanId.fromLong(id(randomness)),
                TraceFlags.getDefault(),
                TraceState.getDefault()));
    }

    /** {@return the header of a span; its trace state goes into another one} */
    static String of(SpanContext span) {
        return VERSION + span.getTraceId() + "-" + span.getSpanId() + "-"
                + span.getTraceFlags().asHex();
    }

    /** {@return id of the trace of a span; empty for the span that stands for none} */
    static String traceId(Span span) {
        SpanContext context = span.getSpanContext();
        return context.isValid() ? context.getTraceId() : "";
    }

    /** {@return id of the trace that a header of this class names} */
    static String traceId(String header) {
        return header.substring(TRACE, SPAN - 1);
    }

    /**
     * {@return whether this header is all that a propagator writes about a trace that is not kept and has neither state nor baggage} It is
     * tried out: of propagators that are made of others nobody can tell which.
     */
    static boolean suffices(TextMapPropagator propagator) {
        SpanContext span = unkeptSpan(Randomness.SYSTEM).getSpanContext();
        Map<String, String> written = new HashMap<>();
        try {
            propagator.inject(Context.root().with(Span.wrap(span)), written, (headers, name, value) -> {
                if (headers != null) {
                    headers.put(name, value);
                }
            });
        } catch (RuntimeException unlikeOthers) {
            return false;
        }
        return written.equals(Map.of(HEADER, of(span)));
    }

    /** Never zero, which would be no id. */
    private static long id(Randomness randomness) {
        return randomness.below(Long.MAX_VALUE - 1) + 1;
    }

    private static void write(long id, byte[] text, int at) {
        long rest = id;
        for (int i = at + DIGITS_OF_LONG - 1; i >= at; i--) {
            text[i] = DIGITS[(int) rest & DIGIT_MASK];
            rest >>>= DIGIT_BITS;
        }
    }
}
