package io.inmesh.inbound;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import io.inmesh.token.TokenAuthenticator;
import io.inmesh.token.TokenResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses tokens that are not valid. The peer learns no more than that; why goes to the log, and the token itself nowhere. */
final class VerifyToken implements Stage<InboundWork> {

    private static final Logger LOG = LoggerFactory.getLogger(VerifyToken.class);
    private static final Verdict<InboundWork> PASS = Verdict.admit();
    private static final int UNAUTHORIZED = 401;
    private static final int GRPC_UNAUTHENTICATED = 16;

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        TokenAuthenticator tokens = work.policy().tokens();
        if (tokens == TokenAuthenticator.NONE) {
            return PASS;
        }
        TokenResult result = tokens.authenticate(work.call());
        TokenResult.Evicted evicted = result.evicted();
        if (evicted != null) {
            InboundEvents.tokensEvicted(work.parts().observer(), evicted);
        }
        if (result.refusal() == null) {
            work.token(result);
            return PASS;
        }
        LOG.debug(
                "{} {} from {} was refused: {}",
                work.call().method(),
                work.canonicalPath(),
                work.call().peer(),
                result.refusal());
        return Verdict.reject(
                new Outcome.Rejection(Reason.INVALID_TOKEN, UNAUTHORIZED, GRPC_UNAUTHENTICATED, result.refusal()));
    }
}
