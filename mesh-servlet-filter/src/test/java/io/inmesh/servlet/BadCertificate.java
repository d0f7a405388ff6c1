package io.inmesh.servlet;

import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.WorkloadIdentity;
import io.inmesh.testkit.CertificateSpec;
import io.inmesh.testkit.TestCa;
import io.inmesh.testkit.TestCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Certificates that prove nothing, with why and with what is to be done, in the words of whoever refuses them. */
enum BadCertificate {
    EXPIRED("the certificate has expired, check that its holder can renew"),
    NOT_YET_VALID("the certificate is not valid yet, check the clocks of both machines"),
    OF_ANOTHER_AUTHORITY(
            "it is of another authority or lacks an intermediate, compare both ends: meshctl cert trust-compare"),
    WITH_TWO_URI_NAMES("exactly one URI name, there are 2; issue it with spiffe://"),
    OF_ANOTHER_TRUST_DOMAIN("no valid root is known for trust domain \"elsewhere.local\"; federate with it"),
    WITH_A_COMMON_NAME_ONLY("exactly one URI name, there are 0; issue it with spiffe://"),
    SELF_SIGNED("it is of another authority"),
    BELOW_AN_EXPIRED_INTERMEDIATE("the intermediate \"CN=between\" expired at ");

    private static final Instant LONG_AGO = Instant.now().minus(Duration.ofDays(4000));

    final String words;

    BadCertificate(String words) {
        this.words = words;
    }

    /** {@return such a certificate for a service account, as far as it is of an authority} */
    TestCertificate of(TestCa ca, String serviceAccount) {
        SpiffeId id = SpiffeId.of(ca.trustDomain(), "default", serviceAccount);
        return switch (this) {
            case EXPIRED -> issue(ca, id, spec -> spec.notAfter = Instant.now().minusSeconds(60));
            case NOT_YET_VALID ->
                issue(ca, id, spec -> spec.notBefore = Instant.now().plus(Duration.ofHours(12)));
            case OF_ANOTHER_AUTHORITY -> issue(TestCa.root(ca.trustDomain()), id, spec -> {});
            case WITH_TWO_URI_NAMES -> issue(ca, id, spec -> spec.uriNames.add(id + "-2"));
            case OF_ANOTHER_TRUST_DOMAIN ->
                issue(
                        TestCa.root("elsewhere.local"),
                        SpiffeId.of("elsewhere.local", "default", serviceAccount),
                        spec -> {});
            case WITH_A_COMMON_NAME_ONLY ->
                issue(ca, id, spec -> {
                    spec.subject = "CN=" + serviceAccount;
                    spec.uriNames.clear();
                });
            case SELF_SIGNED -> certificate(TestCa.selfSigned(id));
            case BELOW_AN_EXPIRED_INTERMEDIATE -> issue(ca.intermediate("between", LONG_AGO), id, spec -> {});
        };
    }

    private static TestCertificate issue(TestCa ca, SpiffeId id, Consumer<CertificateSpec> change) {
        return certificate(ca.issue(id, change));
    }

    private static TestCertificate certificate(WorkloadIdentity identity) {
        return new TestCertificate(identity.key(), identity.chain());
    }
}
