package io.inmesh.inbound;

import io.inmesh.authz.Authorizer;
import io.inmesh.authz.Decision;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the authorization policies. The peer learns no more than that it was refused; the policy's name goes to log, metrics and trace. */
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
        work.decision(decision);
        tell(work, authorizer, decision);
        if (decision.allowed()) {
            return PASS;
        }
        String reason = reason(work, decision);
        LOG.debug(
                "{} {} from {} was {}",
                work.call().method(),
                work.canonicalPath(),
                work.call().peer(),
                reason);
        return Verdict.reject(new Outcome.Rejection(Reason.UNAUTHORIZED, 403, GRPC_PERMISSION_DENIED, reason));
    }

    /** Where forwarders are believed, a reader wants to know which address was judged. */
    private static String reason(InboundWork work, Decision decision) {
        return work.client() == null ? decision.reason() : decision.reason() + "; client address " + work.client();
    }

    /** Nothing that goes wrong in here changes the answer. */
    private static void tell(InboundWork work, Authorizer authorizer, Decision decision) {
        try {
            if (authorizer.reports()) {
                authorizer.report(work.facts(), decision, new ReportPolicies(work));
            }
            if (decision != Decision.NO_POLICIES) {
                work.observer().authorized(work.call(), decision);
            }
        } catch (RuntimeException e) {
            LOG.warn("What policies said of a request could not be reported; the decision stands", e);
        }
    }
}
