package io.inmesh.dispatch;

import io.inmesh.call.Call;
import io.inmesh.call.CallContext;
import io.inmesh.call.Criticality;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;

/**
 * Tells the server which try this is along the whole chain of callers, and how much the call matters. A first try of usual criticality
 * carries neither.
 *
 * <p>Source: Envoy {@code x-envoy-attempt-count}; gRFC A6 {@code grpc-previous-rpc-attempts}.
 */
final class AnnounceContext implements Stage<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        CallContext context = attempt.dispatch().context();
        int inChain = attempt.number() + context.attempt() - 1;
        if (inChain > 1) {
            if (attempt.call().protocol() == Call.Protocol.GRPC) {
                attempt.setHeader(CallContext.GRPC_ATTEMPTS_HEADER, Integer.toString(inChain - 1));
            } else {
                attempt.setHeader(CallContext.ATTEMPT_HEADER, Integer.toString(inChain));
            }
        }
        if (context.criticality() != Criticality.CRITICAL && attempt.call().header(Criticality.HEADER) == null) {
            attempt.setHeader(Criticality.HEADER, context.criticality().text());
        }
        return ADMIT;
    }
}
