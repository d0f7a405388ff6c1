package io.inmesh.dispatch;

import io.inmesh.identity.IdentityHolder;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;

/** Refuses attempts that need mTLS while this process has no certificate. There is no way back to plaintext. */
final class RequireOwnIdentity implements Stage<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();

    private final IdentityHolder identity;

    RequireOwnIdentity(IdentityHolder identity) {
        this.identity = identity;
    }

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        return attempt.security() == null || identity.current() != null
                ? ADMIT
                : Verdict.reject(Rejections.noOwnIdentity(attempt));
    }
}
