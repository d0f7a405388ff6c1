package io.inmesh.dispatch;

import io.inmesh.call.Call;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Randomness;

/**
 * Keeps copies out of traces: they go on with the trace of their call, if it has one, marked as not sampled, so that the mirror neither
 * begins a trace of its own nor adds to that of the call.
 *
 * <p>Source: W3C Trace Context 3.2 ({@code traceparent}, flags {@code 00}); B3 ({@code X-B3-Sampled: 0}, {@code b3: 0}); Envoy samples
 * mirrored requests no more either where a route is told so, as Istio does.
 */
final class UnsampledTrace implements Stage<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();
    private static final String TRACEPARENT = "traceparent";
    /** Version, trace id, parent id and flags with their hyphens. */
    private static final int LENGTH = 55;

    private final Randomness randomness;

    UnsampledTrace(Randomness randomness) {
        this.randomness = randomness;
    }

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        Call call = attempt.call();
        String parent = call.header(TRACEPARENT);
        boolean readable = parent != null && parent.length() == LENGTH && parent.startsWith("00-");
        attempt.setHeader(
                TRACEPARENT,
                readable && parent != null
                        ? parent.substring(0, LENGTH - 2) + "00"
                        : "00-" + hex() + hex() + "-" + hex() + "-00");
        if (call.header("b3") != null) {
            attempt.setHeader("b3", "0");
        }
        if (call.header("x-b3-traceid") != null || call.header("x-b3-sampled") != null) {
            attempt.setHeader("x-b3-sampled", "0");
        }
        return ADMIT;
    }

    /** {@return sixteen digits that are not all zero} */
    private String hex() {
        return String.format("%016x", randomness.below(Long.MAX_VALUE - 1) + 1);
    }
}
