package io.inmesh.dispatch;

import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;

/** Refuses attempts that need TLS while this process lacks the certificates for it. There is no way back to plaintext. */
final class RequireOwnIdentity implements Stage<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();

    private final IdentityHolder identity;

    RequireOwnIdentity(IdentityHolder identity) {
        this.identity = identity;
    }

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        ConnectionSecurity security = attempt.security();
        String obstacle = security == null ? null : security.obstacle(identity);
        return obstacle == null ? ADMIT : Verdict.reject(Rejections.noOwnIdentity(attempt, obstacle));
    }
}
