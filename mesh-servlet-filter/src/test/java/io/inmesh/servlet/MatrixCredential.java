package io.inmesh.servlet;

import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.WorkloadIdentity;
import io.inmesh.testkit.TestCa;
import java.time.Duration;

/** What one end of a connection proves itself with. */
enum MatrixCredential {
    GOOD("good"),
    EXPIRED("expired"),
    WRONG_TRUST_DOMAIN("wrong trust domain"),
    WRONG_SERVICE("wrong service"),
    SELF_SIGNED("self-signed"),
    NONE("no certificate");

    static final String DOMAIN = "test.local";
    /** Whom the server's policy denies, and whom clients do not expect. */
    static final String INTRUDER = "intruder";

    private static final TestCa CA = TestCa.root(DOMAIN);
    private static final TestCa FOREIGN = TestCa.root("elsewhere.local");

    final String text;

    MatrixCredential(String text) {
        this.text = text;
    }

    /** {@return an identity of this kind for a service account, by a process that trusts the mesh; without one for NONE} */
    IdentityHolder holder(String serviceAccount) {
        IdentityHolder holder = new IdentityHolder();
        give(holder, serviceAccount);
        return holder;
    }

    /** Gives a process an identity of this kind; for NONE it stays as it was. */
    void give(IdentityHolder holder, String serviceAccount) {
        if (this != NONE) {
            holder.update(identity(serviceAccount), CA.bundle());
        }
    }

    private WorkloadIdentity identity(String serviceAccount) {
        return switch (this) {
            case EXPIRED -> CA.issue("default", serviceAccount, Duration.ofMinutes(-1));
            case WRONG_TRUST_DOMAIN -> FOREIGN.issue("default", serviceAccount);
            case WRONG_SERVICE -> CA.issue("default", INTRUDER);
            case SELF_SIGNED -> TestCa.selfSigned(SpiffeId.of(DOMAIN, "default", serviceAccount));
            default -> CA.issue("default", serviceAccount);
        };
    }
}
