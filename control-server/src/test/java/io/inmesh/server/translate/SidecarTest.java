package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpConnectionManager.ForwardClientCertDetails;
import io.inmesh.xds.filter.http.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.listener.ListenerFilter;
import io.inmesh.xds.tls.DownstreamTlsContext;
import io.inmesh.xds.tls.Secret;
import io.inmesh.xds.tls.TlsParameters.TlsProtocol;
import io.inmesh.xds.upstream.HttpProtocolOptions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a proxy in front of an application gets beyond what a library gets: ways in, guarded as the library's are. */
class SidecarTest {
    private static final String STRICT = """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: default, namespace: istio-system}
            spec: {mtls: {mode: STRICT}}
            """;
    private static final String DENY = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: closed}
            spec: {action: DENY, rules: [{to: [{operation: {paths: ["/admin*"]}}]}]}
            """;
    private static final Sidecar SIDECAR = new Sidecar(
            "/etc/identity",
            "10.0.0.5",
            "127.0.0.1",
            new TreeMap<>(
                    Map.of(9080, new Sidecar.Application(8080, false), 9090, new Sidecar.Application(8090, true))));

    private final MeshFixture mesh = MeshFixture.of(STRICT, DENY);

    @Test
    void theWayInIsWhereCallersConnectAndLeadsToTheApplicationOnLoopback() throws Exception {
        Listener way = listener(mesh, SIDECAR, "inbound_10.0.0.5_9080");
        Cluster application = cluster(SIDECAR, "inbound|9080||");

        assertThat(way.getAddress().getSocketAddress().getAddress()).isEqualTo("10.0.0.5");
        assertThat(way.getAddress().getSocketAddress().getPortValue()).isEqualTo(9080);
        assertThat(way.hasBindToPort()).isFalse();
        assertThat(manager(way)
                        .getRouteConfig()
                        .getVirtualHosts(0)
                        .getRoutes(0)
                        .getRoute()
                        .getCluster())
                .isEqualTo("inbound|9080||");
        var address = application
                .getLoadAssignment()
                .getEndpoints(0)
                .getLbEndpoints(0)
                .getEndpoint()
                .getAddress()
                .getSocketAddress();
        assertThat(address.getAddress()).isEqualTo("127.0.0.1");
        assertThat(address.getPortValue()).isEqualTo(8080);
    }

    @Test
    void applicationsAreCalledInTheProtocolTheySpeak() throws Exception {
        assertThat(protocol("inbound|9080||").hasHttpProtocolOptions()).isTrue();
        assertThat(protocol("inbound|9090||").hasHttp2ProtocolOptions()).isTrue();
    }

    @Test
    void itIsGuardedAsTheLibraryIs() throws Exception {
        HttpConnectionManager guard = manager(listener(mesh, SIDECAR, "inbound_10.0.0.5_9080"));
        HttpConnectionManager library = manager(mesh.listener("inbound"));

        assertThat(guard.getHttpFiltersList()).isEqualTo(library.getHttpFiltersList());
        assertThat(guard.getHttpFiltersList())
                .extracting(HttpFilter::getName)
                .anyMatch(name -> name.contains("policy[closed]") || name.contains("rbac"));
    }

    @Test
    void pathsAreJudgedAsTheApplicationWillReadThem() throws Exception {
        HttpConnectionManager guard = manager(listener(mesh, SIDECAR, "inbound_10.0.0.5_9080"));

        assertThat(guard.getNormalizePath().getValue()).isTrue();
        assertThat(guard.getMergeSlashes()).isTrue();
        assertThat(guard.getPathWithEscapedSlashesAction()).isEqualTo(PathWithEscapedSlashesAction.REJECT_REQUEST);
    }

    @Test
    void theApplicationIsToldWhoCallsAndCallersAreNotBelieved() throws Exception {
        HttpConnectionManager guard = manager(listener(mesh, SIDECAR, "inbound_10.0.0.5_9080"));
        MeshFixture open = MeshFixture.of(STRICT.replace("STRICT", "DISABLE"));

        assertThat(guard.getForwardClientCertDetails()).isEqualTo(ForwardClientCertDetails.SANITIZE_SET);
        assertThat(guard.getSetCurrentClientCertDetails().getUri()).isTrue();
        assertThat(manager(listener(open, SIDECAR, "inbound_10.0.0.5_9080")).getForwardClientCertDetails())
                .isEqualTo(ForwardClientCertDetails.SANITIZE);
    }

    @Test
    void strictTakesOnlyTls13WithACertificate() throws Exception {
        Listener way = listener(mesh, SIDECAR, "inbound_10.0.0.5_9080");
        DownstreamTlsContext tls = DownstreamTlsContext.parseFrom(
                way.getFilterChains(0).getTransportSocket().getTypedConfig().getValue());

        assertThat(way.getFilterChainsCount()).isEqualTo(1);
        assertThat(tls.getRequireClientCertificate().getValue()).isTrue();
        assertThat(tls.getCommonTlsContext().getTlsParams().getTlsMinimumProtocolVersion())
                .isEqualTo(TlsProtocol.TLSv1_3);
        assertThat(tls.getCommonTlsContext().getAlpnProtocolsList()).containsExactly("h2", "http/1.1");
    }

    @Test
    void permissiveTellsTlsFromPlaintextBeforeItChooses() throws Exception {
        Listener way = listener(MeshFixture.of(), SIDECAR, "inbound_10.0.0.5_9080");

        assertThat(way.getListenerFiltersList())
                .extracting(ListenerFilter::getName)
                .containsExactly("envoy.filters.listener.tls_inspector");
        assertThat(way.getFilterChainsList())
                .extracting(FilterChain::getName)
                .containsExactly("inbound-mtls-9080", "inbound-plaintext-9080");
    }

    @Test
    void itsCertificateIsNamedAndNeverSent() throws Exception {
        Secret secret = Secret.parseFrom(mesh.state()
                .resourcesFor(mesh.client().guarding(SIDECAR))
                .find(io.inmesh.xds.TypeUrls.SECRET, "default")
                .orElseThrow()
                .any()
                .getValue());

        assertThat(secret.getTlsCertificate().getPrivateKey().getFilename()).isEqualTo("/etc/identity/key.pem");
        assertThat(secret.getTlsCertificate().getPrivateKey().getInlineString()).isEmpty();
        assertThat(secret.getTlsCertificate().getWatchedDirectory().getPath()).isEqualTo("/etc/identity");
    }

    @Test
    void whatLeadsOutIsForTheMachineItselfAlone() throws Exception {
        Sidecar elsewhere = new Sidecar("/etc/identity", "10.0.0.5", "127.0.0.3", SIDECAR.ports());
        Listener out = listener(mesh, SIDECAR, "0.0.0.0_9080");

        assertThat(out.getAddress().getSocketAddress().getAddress()).isEqualTo("127.0.0.1");
        // Else the kernel would share calls out among all proxies of the machine, whose identities differ.
        assertThat(out.getEnableReusePort().getValue()).isFalse();
        assertThat(out.hasEnableReusePort()).isTrue();
        assertThat(listener(mesh, elsewhere, "0.0.0.0_9080")
                        .getAddress()
                        .getSocketAddress()
                        .getAddress())
                .isEqualTo("127.0.0.3");
    }

    @Test
    void librariesOfTheSameKindSeeNothingOfIt() {
        mesh.state().resourcesFor(mesh.client().guarding(SIDECAR));

        assertThat(mesh.resources().all(TypeUrls.LISTENER)).doesNotContainKey("inbound_10.0.0.5_9080");
        assertThat(mesh.resources().all(TypeUrls.CLUSTER)).doesNotContainKey("inbound|9080||");
    }

    private HttpProtocolOptions.ExplicitHttpConfig protocol(String cluster) throws Exception {
        return HttpProtocolOptions.parseFrom(cluster(SIDECAR, cluster)
                        .getTypedExtensionProtocolOptionsOrThrow(
                                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
                        .getValue())
                .getExplicitHttpConfig();
    }

    private Cluster cluster(Sidecar sidecar, String name) throws Exception {
        return Cluster.parseFrom(mesh.state()
                .resourcesFor(mesh.client().guarding(sidecar))
                .find(TypeUrls.CLUSTER, name)
                .orElseThrow()
                .any()
                .getValue());
    }

    private static Listener listener(MeshFixture mesh, Sidecar sidecar, String name) throws Exception {
        return Listener.parseFrom(mesh.state()
                .resourcesFor(mesh.client().guarding(sidecar))
                .find(TypeUrls.LISTENER, name)
                .orElseThrow()
                .any()
                .getValue());
    }

    private static HttpConnectionManager manager(Listener listener) throws Exception {
        return HttpConnectionManager.parseFrom(
                listener.getFilterChains(0).getFilters(0).getTypedConfig().getValue());
    }
}
