package io.inmesh.inbound;

import io.inmesh.authz.ExternalRules;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;

/** Finds the requests that an external authorizer is to be asked about, and has them wait for its answer. */
final class AskAuthorizer implements Stage<InboundWork> {

    private static final Verdict<InboundWork> PASS = Verdict.admit();

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        ExternalRules rules = work.policy().external();
        String policy = rules == null ? null : rules.matching(work.facts());
        if (rules != null && policy != null) {
            work.await(new PendingCheck(work, rules.authorizer(), policy));
        }
        return PASS;
    }
}
