package io.inmesh.client.translate;

import io.inmesh.xds.tls.CertificateProviderPluginInstance;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.CommonTlsContext.CertificateProviderInstance;
import io.inmesh.xds.tls.CommonTlsContext.CombinedCertificateValidationContext;
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.tls.SubjectAltNameMatcher.SanType;
import io.inmesh.xds.type.matcher.StringMatcher;

/**
 * TLS settings of control planes that are some versions old, in the fields of today. Where old and new are both sent, today's count, as in
 * gRPC; what had no meaning of its own, or two, is refused by name.
 *
 * <p>Source: comments of {@code envoy/extensions/transport_sockets/tls/v3/tls.proto}; gRFC A29. Istio's configuration for gRPC sends
 * the old fields only.
 */
final class EarlierTlsFields {

    private static final String PLUGIN =
            "names a certificate plugin, and a client has none; name an instance in tls_certificate_provider_instance and"
                    + " ca_certificate_provider_instance, or secrets";

    private final ResourceReader reader;
    private final String field;

    private EarlierTlsFields(ResourceReader reader, String field) {
        this.reader = reader;
        this.field = field;
    }

    /**
     * {@return the same in the fields of today}
     *
     * @param field where the context stands
     * @throws InvalidResourceException if an old field has no equal of today
     */
    static CommonTlsContext today(ResourceReader reader, String field, CommonTlsContext common) {
        return new EarlierTlsFields(reader, field).today(common);
    }

    private CommonTlsContext today(CommonTlsContext common) {
        refuse(common.hasTlsCertificateCertificateProvider(), "tls_certificate_certificate_provider");
        refuse(common.hasValidationContextCertificateProvider(), "validation_context_certificate_provider");
        CommonTlsContext.Builder today = common.toBuilder();
        if (common.hasTlsCertificateCertificateProviderInstance()) {
            today.clearTlsCertificateCertificateProviderInstance();
            if (!common.hasTlsCertificateProviderInstance()) {
                today.setTlsCertificateProviderInstance(
                        instance(common.getTlsCertificateCertificateProviderInstance()));
            }
        }
        if (common.hasValidationContextCertificateProviderInstance()) {
            today.setValidationContext(CertificateValidationContext.newBuilder()
                    .setCaCertificateProviderInstance(
                            instance(common.getValidationContextCertificateProviderInstance())));
        } else if (common.hasValidationContext()) {
            today.setValidationContext(today(common.getValidationContext()));
        } else if (common.hasCombinedValidationContext()) {
            today.setCombinedValidationContext(today(common.getCombinedValidationContext()));
        }
        return today.build();
    }

    private CombinedCertificateValidationContext today(CombinedCertificateValidationContext combined) {
        refuse(
                combined.hasValidationContextCertificateProvider(),
                "combined_validation_context.validation_context_certificate_provider");
        CertificateValidationContext.Builder today = today(combined.getDefaultValidationContext()).toBuilder();
        if (combined.hasValidationContextCertificateProviderInstance() && !today.hasCaCertificateProviderInstance()) {
            today.setCaCertificateProviderInstance(
                    instance(combined.getValidationContextCertificateProviderInstance()));
        }
        return combined.toBuilder()
                .clearValidationContextCertificateProviderInstance()
                .setDefaultValidationContext(today)
                .build();
    }

    private CertificateValidationContext today(CertificateValidationContext validation) {
        if (validation.getMatchSubjectAltNamesCount() == 0) {
            return validation;
        }
        if (validation.getMatchTypedSubjectAltNamesCount() > 0) {
            throw reader.invalid(
                    field + ".match_subject_alt_names",
                    "may not stand beside match_typed_subject_alt_names, which replaces it; leave it out");
        }
        CertificateValidationContext.Builder today = validation.toBuilder().clearMatchSubjectAltNames();
        for (StringMatcher name : validation.getMatchSubjectAltNamesList()) {
            // Of any kind; only a URI can have a scheme, and what is no SPIFFE id is refused where that is needed.
            SanType type = name.getExact().contains("://") ? SanType.URI : SanType.DNS;
            today.addMatchTypedSubjectAltNames(
                    SubjectAltNameMatcher.newBuilder().setSanType(type).setMatcher(name));
        }
        return today.build();
    }

    private static CertificateProviderPluginInstance instance(CertificateProviderInstance earlier) {
        return CertificateProviderPluginInstance.newBuilder()
                .setInstanceName(earlier.getInstanceName())
                .setCertificateName(earlier.getCertificateName())
                .build();
    }

    private void refuse(boolean there, String name) {
        if (there) {
            throw reader.invalid(field + "." + name, PLUGIN);
        }
    }
}
