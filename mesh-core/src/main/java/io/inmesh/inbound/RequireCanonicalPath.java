package io.inmesh.inbound;

import io.inmesh.authz.CanonicalPath;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;

/** Brings the path into its canonical form, and refuses one that can be read in two ways. */
final class RequireCanonicalPath implements Stage<InboundWork> {

    private static final Verdict<InboundWork> PASS = Verdict.admit();
    private static final int GRPC_INVALID_ARGUMENT = 3;

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        CanonicalPath path = CanonicalPath.of(work.call().path());
        if (path.suspicious() != null) {
            return Verdict.reject(new Outcome.Rejection(
                    Reason.BAD_REQUEST, 400, GRPC_INVALID_ARGUMENT, "the path is ambiguous: " + path.suspicious()));
        }
        work.path(path.path());
        return PASS;
    }
}
