package io.inmesh.server.translate;

import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.core.TypedExtensionConfig;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.SPIFFECertValidatorConfig;
import io.inmesh.xds.tls.Secret;
import java.util.SortedMap;
import java.util.TreeMap;

/** The trust bundle as a resource of the secret discovery service. */
public final class TrustSecret {

    /** Name of the trust bundle among secrets, as Istio's workloads know it. */
    public static final String NAME = "ROOTCA";

    private static final String SPIFFE_VALIDATOR = "envoy.tls.cert_validator.spiffe";

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
        if (!trust.federated().isEmpty()) {
            context.setCustomValidatorConfig(TypedExtensionConfig.newBuilder()
                    .setName(SPIFFE_VALIDATOR)
                    .setTypedConfig(Protos.pack(byDomain(trust))));
        }
        return VersionedResource.of(
                NAME,
                Secret.newBuilder().setName(NAME).setValidationContext(context).build());
    }

    /** Every domain with its own roots; a union would let one domain vouch for another. */
    private static SPIFFECertValidatorConfig byDomain(Trust trust) {
        SPIFFECertValidatorConfig.Builder config = SPIFFECertValidatorConfig.newBuilder();
        SortedMap<String, String> domains = new TreeMap<>(trust.federated());
        domains.put(trust.trustDomain(), trust.roots());
        domains.forEach((name, roots) -> config.addTrustDomains(
                SPIFFECertValidatorConfig.TrustDomain.newBuilder().setName(name).setTrustBundle(inline(roots))));
        return config.build();
    }

    private static DataSource inline(String text) {
        return DataSource.newBuilder().setInlineString(text).build();
    }
}
