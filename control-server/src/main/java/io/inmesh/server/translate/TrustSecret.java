package io.inmesh.server.translate;

import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.Secret;

/** The trust bundle as a resource of the secret discovery service. */
public final class TrustSecret {

    /** Name of the trust bundle among secrets, as Istio's workloads know it. */
    public static final String NAME = "ROOTCA";

    private TrustSecret() {}

    /** {@return the secret that says whom to trust} */
    public static VersionedResource of(Trust trust) {
        CertificateValidationContext.Builder context =
                CertificateValidationContext.newBuilder().setTrustedCa(inline(trust.roots()));
        if (!trust.revocationLists().isEmpty()) {
            // Roots sign no workloads and have no list; without this flag Envoy would ask for theirs, and refuse
            // everybody.
            context.setCrl(inline(trust.revocationLists())).setOnlyVerifyLeafCertCrl(true);
        }
        return VersionedResource.of(
                NAME,
                Secret.newBuilder().setName(NAME).setValidationContext(context).build());
    }

    private static DataSource inline(String text) {
        return DataSource.newBuilder().setInlineString(text).build();
    }
}
