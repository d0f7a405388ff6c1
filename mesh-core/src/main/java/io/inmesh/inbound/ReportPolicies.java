package io.inmesh.inbound;

import io.inmesh.authz.Decision;
import io.inmesh.authz.PolicyListener;
import io.inmesh.call.InboundCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what policies that change no answer say about a request: to its observer and to the log. */
record ReportPolicies(InboundWork work) implements PolicyListener {

    private static final Logger LOG = LoggerFactory.getLogger(ReportPolicies.class);
    /** A name of its own, so that it can be kept apart from the log of the program. */
    private static final Logger AUDIT = LoggerFactory.getLogger("io.inmesh.audit");

    @Override
    public void audited(Decision match) {
        InboundCall call = work.call();
        AUDIT.info(
                "{} {} from {} ({}) matches {}",
                call.method(),
                work.canonicalPath(),
                call.peer(),
                call.peerAddress(),
                match.policy());
        work.observer().audited(call, match);
    }

    @Override
    public void shadowDecided(Decision decision, Decision shadow) {
        InboundCall call = work.call();
        if (shadow.allowed() != decision.allowed()) {
            LOG.debug("{} {} from {} {}", call.method(), work.canonicalPath(), call.peer(), shadow.reason());
        }
        if (decision.allowed() && !shadow.allowed()) {
            String resource = shadow.resource();
            work.parts().sources().of(call).shadowDenied(resource == null ? "no ALLOW policy" : resource);
        }
        work.observer().shadowDecided(call, decision, shadow);
    }
}
