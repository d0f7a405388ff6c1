package io.inmesh.client.translate;

import com.google.protobuf.Any;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.identity.SpiffeId;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.tls.UpstreamTlsContext;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How connections to a cluster are secured. What would make them weaker than what was sent makes the resource invalid. */
final class ClientTlsTranslator {

    private static final String TLS_CONTEXT = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
    private static final String RAW_BUFFER = "RawBuffer";
    private static final String ISTIO = "istio";

    private final ResourceReader reader;
    private @Nullable TlsFiles files;

    ClientTlsTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    /** {@return what the cluster translated last needs to be read from files, null if nothing} */
    @Nullable
    TlsFiles files() {
        return files;
    }

    ClientTlsConfig translate(Cluster cluster) {
        ClientTlsConfig config = ClientTlsConfig.DISABLED;
        if (cluster.hasTransportSocket()) {
            config = socket(cluster, "transport_socket", cluster.getTransportSocket(), ClientTlsConfig.Mode.MESH);
        }
        for (int i = 0; i < cluster.getTransportSocketMatchesCount(); i++) {
            Cluster.TransportSocketMatch match = cluster.getTransportSocketMatches(i);
            String field = "transport_socket_matches[" + i + "]";
            if (ISTIO.equals(Values.strings(match.getMatch()).get("tlsMode"))) {
                return socket(
                        cluster, field + ".transport_socket", match.getTransportSocket(), ClientTlsConfig.Mode.AUTO);
            }
            if (!plaintext(match.getTransportSocket())) {
                throw reader.invalid(field, "TLS is chosen by tlsMode=istio only; use that, or transport_socket");
            }
        }
        return config;
    }

    private ClientTlsConfig socket(Cluster cluster, String field, TransportSocket socket, ClientTlsConfig.Mode mode) {
        if (plaintext(socket)) {
            return ClientTlsConfig.DISABLED;
        }
        Any any = socket.getTypedConfig();
        if (!any.getTypeUrl().endsWith(TLS_CONTEXT)) {
            throw reader.invalid(field, "only TLS and plaintext are known, not " + any.getTypeUrl());
        }
        UpstreamTlsContext context = reader.unpack(field, any, UpstreamTlsContext.parser());
        CommonTlsContext common = EarlierTlsFields.today(reader, field, context.getCommonTlsContext());
        if (OriginationTranslator.originates(common)) {
            if (mode != ClientTlsConfig.Mode.MESH) {
                throw reader.invalid(field, "endpoints with tlsMode=istio are called with the workload's identity");
            }
            OriginationTranslator origination = new OriginationTranslator(
                    reader,
                    field,
                    context.toBuilder().setCommonTlsContext(common).build());
            String origin = Values.origin(cluster.getMetadata());
            files = origination.files(origin.isEmpty() ? "cluster " + cluster.getName() : origin);
            return origination.config(cluster);
        }
        return new ClientTlsConfig(mode, identities(field, common), Values.emptyToNull(context.getSni()));
    }

    private static boolean plaintext(TransportSocket socket) {
        String type = socket.getTypedConfig().getTypeUrl();
        return type.endsWith(RAW_BUFFER) || type.isEmpty() && socket.getName().endsWith("raw_buffer");
    }

    private Set<String> identities(String field, CommonTlsContext common) {
        CertificateValidationContext validation = common.hasCombinedValidationContext()
                ? common.getCombinedValidationContext().getDefaultValidationContext()
                : common.getValidationContext();
        Set<String> identities = new HashSet<>();
        for (SubjectAltNameMatcher name : validation.getMatchTypedSubjectAltNamesList()) {
            String uri = name.getMatcher().getExact();
            if (name.getSanType() != SubjectAltNameMatcher.SanType.URI || uri.isEmpty()) {
                throw reader.invalid(
                        field + ".match_typed_subject_alt_names", "peers are known by exact SPIFFE ids only");
            }
            try {
                identities.add(SpiffeId.parse(uri).toString());
            } catch (IllegalArgumentException e) {
                throw reader.invalid(field + ".match_typed_subject_alt_names", String.valueOf(e.getMessage()));
            }
        }
        return identities;
    }
}
