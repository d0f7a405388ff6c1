package io.inmesh.inbound;

import io.inmesh.authz.Authorizer;
import io.inmesh.authz.Decision;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the authorization policies. The peer learns no more than that it was refused; the policy's name goes to the log. */
final class Authorize implements Stage<InboundWork> {

    private static final Logger LOG = LoggerFactory.getLogger(Authorize.class);
    private static final Verdict<InboundWork> PASS = Verdict.admit();
    private static final int GRPC_PERMISSION_DENIED = 7;

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        Authorizer authorizer = work.policy().authorizer();
        if (authorizer == Authorizer.NONE) {
            return PASS;
        }
        Decision decision = authorizer.decide(work.facts());
        if (decision.allowed()) {
            return PASS;
        }
        LOG.debug(
                "{} {} from {} was {}",
                work.call().method(),
                work.canonicalPath(),
                work.call().peer(),
                decision.reason());
        return Verdict.reject(
                new Outcome.Rejection(Reason.UNAUTHORIZED, 403, GRPC_PERMISSION_DENIED, decision.reason()));
    }
}
