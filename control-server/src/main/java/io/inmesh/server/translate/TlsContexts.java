package io.inmesh.server.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Protocol;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.AggregatedConfigSource;
import io.inmesh.xds.core.ConfigSource;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.SdsSecretConfig;
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.tls.TlsParameters;
import io.inmesh.xds.tls.TlsParameters.TlsProtocol;
import io.inmesh.xds.tls.UpstreamTlsContext;
import io.inmesh.xds.type.matcher.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/** How clients secure connections to a cluster. */
final class TlsContexts {
    static final String TLS = "envoy.transport_sockets.tls";
    static final String TLS_MODE = "tlsMode";
    static final String ISTIO_MUTUAL = "istio";

    /** Path of an identity that the authority never issues: it has neither namespace nor service account. */
    private static final String NOBODY = "/nobody";

    /** Said to whoever would not choose it by himself: as a client, Envoy stops at TLS 1.2. */
    static final TlsParameters WITHIN_THE_MESH = TlsParameters.newBuilder()
            .setTlsMinimumProtocolVersion(TlsProtocol.TLSv1_3)
            .setTlsMaximumProtocolVersion(TlsProtocol.TLSv1_3)
            .build();

    /** A message without fields: its type is all there is to say. */
    private static final Any RAW_BUFFER = Any.newBuilder()
            .setTypeUrl("type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer")
            .build();

    private TlsContexts() {}

    /**
     * Applies {@code tls} of the traffic policy. Without one, each endpoint decides by its {@code tlsMode} metadata: those that speak
     * the mesh's mutual TLS get it, the others plaintext.
     */
    static void apply(
            Cluster.Builder cluster, MeshService service, Field tls, Protocol protocol, RuleSettings settings) {
        switch (tls.get("mode").text()) {
            case "DISABLE" -> {}
            case "ISTIO_MUTUAL" ->
                cluster.setTransportSocket(socket(meshTls(service, sni(tls, serverName(service)), protocol, settings)));
            case "SIMPLE", "MUTUAL" -> Origination.apply(cluster, service, tls, protocol);
            default -> {
                if (!service.external() || !service.serviceAccounts().isEmpty()) {
                    cluster.addTransportSocketMatches(Cluster.TransportSocketMatch.newBuilder()
                            .setName("tlsMode-istio")
                            .setMatch(Struct.newBuilder().putFields(TLS_MODE, Protos.string(ISTIO_MUTUAL)))
                            .setTransportSocket(socket(meshTls(service, serverName(service), protocol, settings))));
                    cluster.addTransportSocketMatches(Cluster.TransportSocketMatch.newBuilder()
                            .setName("tlsMode-disabled")
                            .setMatch(Struct.getDefaultInstance())
                            .setTransportSocket(plaintext()));
                }
            }
        }
    }

    static TransportSocket plaintext() {
        return TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.raw_buffer")
                .setTypedConfig(RAW_BUFFER)
                .build();
    }

    static TransportSocket socket(com.google.protobuf.Message context) {
        return TransportSocket.newBuilder()
                .setName(TLS)
                .setTypedConfig(Protos.pack(context))
                .build();
    }

    static SdsSecretConfig secret(String name) {
        return SdsSecretConfig.newBuilder()
                .setName(name)
                .setSdsConfig(ConfigSource.newBuilder()
                        .setAds(AggregatedConfigSource.getDefaultInstance())
                        .setResourceApiVersion(io.inmesh.xds.core.ApiVersion.V3))
                .build();
    }

    /**
     * The identities a server of this service may have, without those that are denied. Never empty, since no name at all would stand for
     * every name: a service nobody serves is expected to run as {@code default}, one whose servers are all denied as nobody.
     */
    static List<SubjectAltNameMatcher> meshIdentities(MeshService service, RuleSettings settings) {
        List<SubjectAltNameMatcher> matchers = new ArrayList<>();
        for (String account : service.serviceAccounts()) {
            int slash = account.indexOf('/');
            matchers.add(uri(settings.spiffeId(account.substring(0, slash), account.substring(slash + 1))));
        }
        service.subjectAltNames().forEach(name -> matchers.add(subjectAltName(name)));
        if (matchers.isEmpty()) {
            matchers.add(uri(settings.spiffeId(service.namespace(), "default")));
        }
        matchers.removeIf(matcher ->
                settings.deniedIdentities().contains(matcher.getMatcher().getExact()));
        if (matchers.isEmpty()) {
            matchers.add(uri("spiffe://" + settings.trustDomain() + NOBODY));
        }
        return matchers;
    }

    /**
     * The name of the service. Istio's form, {@code outbound_.9080_._.reviews.default.svc.cluster.local}, is no name of a host: servers on the
     * JDK's TLS end a handshake that begins with an underscore in the server name (illegal_parameter).
     */
    private static String serverName(MeshService service) {
        return HostName.wildcard(service.fqdn()) ? "" : service.fqdn();
    }

    private static UpstreamTlsContext meshTls(
            MeshService service, String serverName, Protocol protocol, RuleSettings settings) {
        CommonTlsContext.Builder common = CommonTlsContext.newBuilder()
                .setTlsParams(WITHIN_THE_MESH)
                .addTlsCertificateSdsSecretConfigs(secret("default"))
                .addAlpnProtocols(protocol.http2() ? "h2" : "http/1.1");
        common.getCombinedValidationContextBuilder()
                .setDefaultValidationContext(CertificateValidationContext.newBuilder()
                        .addAllMatchTypedSubjectAltNames(meshIdentities(service, settings)))
                .setValidationContextSdsSecretConfig(secret("ROOTCA"));
        return UpstreamTlsContext.newBuilder()
                .setSni(serverName)
                .setCommonTlsContext(common)
                .build();
    }

    static String sni(Field tls, String fallback) {
        String sni = tls.get("sni").text();
        return sni.isEmpty() ? fallback : sni;
    }

    private static SubjectAltNameMatcher uri(String name) {
        return matcher(SubjectAltNameMatcher.SanType.URI, name);
    }

    static SubjectAltNameMatcher subjectAltName(String name) {
        if (name.contains("://")) {
            return uri(name);
        }
        boolean address = name.indexOf(':') >= 0 || name.matches("\\d{1,3}(\\.\\d{1,3}){3}");
        return matcher(address ? SubjectAltNameMatcher.SanType.IP_ADDRESS : SubjectAltNameMatcher.SanType.DNS, name);
    }

    private static SubjectAltNameMatcher matcher(SubjectAltNameMatcher.SanType type, String name) {
        return SubjectAltNameMatcher.newBuilder()
                .setSanType(type)
                .setMatcher(StringMatcher.newBuilder().setExact(name))
                .build();
    }
}
