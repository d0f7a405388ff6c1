package io.inmesh.observe;

import io.inmesh.call.Attempt;

/**
 * A call that begins a trace which is not kept: every attempt tells the other side so, in the same words.
 *
 * @param traceparent the header that says it
 */
record UnkeptTrace(String traceparent) implements CallObserver {

    @Override
    public String callTraceId() {
        return Traceparent.traceId(traceparent);
    }

    @Override
    public void attemptStarted(Attempt attempt) {
        attempt.setHeader(Traceparent.HEADER, traceparent);
    }
}
