package io.inmesh.client.translate;

import com.google.protobuf.Any;
import io.inmesh.client.translate.TlsFiles.Source;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.OriginationConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.core.UpstreamHttpProtocolOptions;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.tls.TlsParameters.TlsProtocol;
import io.inmesh.xds.tls.UpstreamTlsContext;
import io.inmesh.xds.upstream.HttpProtocolOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS to servers outside the mesh (modes SIMPLE and MUTUAL).
 *
 * <p>Stricter than the messages in one respect: roots and names that are left out mean that everybody is believed in Envoy, and the
 * roots of this Java runtime and the server name here.
 */
final class OriginationTranslator {

    /** Name of the extension that says how HTTP is spoken to endpoints. */
    static final String PROTOCOL_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    /** How Istio names secrets that are Kubernetes secrets. */
    private static final String KUBERNETES_SECRET = "kubernetes://";

    private static final String UNREAD = "its certificates have not been read yet";

    private final ResourceReader reader;
    private final String field;
    private final UpstreamTlsContext context;

    /**
     * Makes a translator.
     *
     * @param field where the context stands
     */
    OriginationTranslator(ResourceReader reader, String field, UpstreamTlsContext context) {
        this.reader = reader;
        this.field = field;
        this.context = context;
    }

    /** {@return whether a context has nothing to do with the workload's own identity} */
    static boolean originates(CommonTlsContext common) {
        return !common.hasTlsCertificateProviderInstance()
                && common.getTlsCertificateSdsSecretConfigsList().stream()
                        .allMatch(secret -> secret.getName().startsWith(KUBERNETES_SECRET));
    }

    ClientTlsConfig config(Cluster cluster) {
        List<String> names = new ArrayList<>();
        for (SubjectAltNameMatcher name : validation().getMatchTypedSubjectAltNamesList()) {
            names.add(name(name));
        }
        String sni = autoSni(cluster) ? null : Values.emptyToNull(context.getSni());
        return ClientTlsConfig.originate(sni, new OriginationConfig(names, tls13Only(), null, UNREAD));
    }

    TlsFiles files(String resource) {
        CommonTlsContext common = context.getCommonTlsContext();
        CertificateValidationContext validation = validation();
        if (validation.hasCustomValidatorConfig()) {
            throw reader.invalid(field + ".custom_validator_config", "is not known for servers outside the mesh");
        }
        if (validation.hasCaCertificateProviderInstance()) {
            throw reader.invalid(
                    field + ".ca_certificate_provider_instance",
                    "stands for the mesh's roots, which go with the workload's own certificate"
                            + " (tls_certificate_provider_instance); for a server outside the mesh, put its roots in a file and"
                            + " name that in trusted_ca");
        }
        if (common.getTlsCertificatesCount() > 1) {
            throw reader.invalid(field + ".tls_certificates", "must be one at most");
        }
        boolean presents = common.getTlsCertificatesCount() == 1;
        return new TlsFiles(
                resource,
                validation.hasTrustedCa() ? source("caCertificates", validation.getTrustedCa()) : null,
                validation.hasCrl() ? source("caCrl", validation.getCrl()) : null,
                validation.getOnlyVerifyLeafCertCrl(),
                presents
                        ? source(
                                "clientCertificate",
                                common.getTlsCertificates(0).getCertificateChain())
                        : null,
                presents ? source("privateKey", common.getTlsCertificates(0).getPrivateKey()) : null,
                secrets(common));
    }

    /** Secrets by name would have to be asked for; no server we know of hands private keys to processes like this one. */
    private static String secrets(CommonTlsContext common) {
        boolean secrets = common.getTlsCertificateSdsSecretConfigsCount() > 0
                || common.hasValidationContextSdsSecretConfig()
                || common.hasCombinedValidationContext();
        return secrets
                ? "credentialName: secrets are not handed to processes; put the certificates in files and name them in"
                        + " caCertificates, clientCertificate and privateKey"
                : "";
    }

    private CertificateValidationContext validation() {
        CommonTlsContext common = context.getCommonTlsContext();
        return common.hasCombinedValidationContext()
                ? common.getCombinedValidationContext().getDefaultValidationContext()
                : common.getValidationContext();
    }

    private String name(SubjectAltNameMatcher name) {
        String exact = name.getMatcher().getExact();
        boolean known = switch (name.getSanType()) {
            case DNS, URI, IP_ADDRESS -> true;
            case SAN_TYPE_UNSPECIFIED, EMAIL, OTHER_NAME, UNRECOGNIZED -> false;
        };
        if (!known || exact.isEmpty()) {
            throw reader.invalid(
                    field + ".match_typed_subject_alt_names",
                    "servers outside the mesh are known by exact DNS names, IP addresses and URIs only");
        }
        return exact;
    }

    private boolean autoSni(Cluster cluster) {
        Any options = cluster.getTypedExtensionProtocolOptionsMap().get(PROTOCOL_OPTIONS);
        if (options == null) {
            return false;
        }
        UpstreamHttpProtocolOptions upstream = reader.unpack(
                        "typed_extension_protocol_options", options, HttpProtocolOptions.parser())
                .getUpstreamHttpProtocolOptions();
        return upstream.getAutoSni();
    }

    private boolean tls13Only() {
        CommonTlsContext common = context.getCommonTlsContext();
        TlsProtocol newest = common.getTlsParams().getTlsMaximumProtocolVersion();
        if (newest == TlsProtocol.TLSv1_0 || newest == TlsProtocol.TLSv1_1) {
            throw reader.invalid(
                    field + ".tls_params", "asks for " + newest + "; nothing older than TLS 1.2 is spoken");
        }
        reader.ignored()
                .noteIf(
                        common.getTlsParams().getCipherSuitesCount() > 0,
                        field + ".tls_params.cipher_suites",
                        "the suites of RFC 9325 are offered");
        return common.getTlsParams().getTlsMinimumProtocolVersion() == TlsProtocol.TLSv1_3;
    }

    private @Nullable Source source(String name, DataSource source) {
        String inline = Values.inline(source);
        String path = inline == null ? source.getFilename() : null;
        return new Source(name, path, inline);
    }
}
