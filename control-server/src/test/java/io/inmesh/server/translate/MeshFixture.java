package io.inmesh.server.translate;

import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.rule.IssuerKeys;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.VirtualHost;
import java.util.Map;

/** Bookinfo and some rules, translated; and short ways to look into the result. */
final class MeshFixture {
    static final Translator TRANSLATOR = new Translator(RuleSettings.forTrustDomain("inmesh.local"));

    private final MeshState state;
    private final ClientContext client;

    private MeshFixture(MeshState state, ClientContext client) {
        this.state = state;
        this.client = client;
    }

    static MeshFixture of(String... rules) {
        return with(Config.BOOKINFO, String.join("\n---\n", rules));
    }

    /** Only these resources. */
    static MeshFixture with(String... resources) {
        MeshState state = TRANSLATOR.translate(Config.view(resources), Workloads.bookinfo(), null);
        return new MeshFixture(
                state, client("default", Map.of("app", "productpage", "version", "v1"), Personality.FULL));
    }

    /** Bookinfo and some rules, with keys of issuers. */
    static MeshFixture knowing(IssuerKeys keys, String... rules) {
        Translator translator = new Translator(RuleSettings.forTrustDomain("inmesh.local"), () -> keys);
        MeshState state = translator.translate(
                Config.view(Config.BOOKINFO, String.join("\n---\n", rules)), Workloads.bookinfo(), null);
        return new MeshFixture(
                state, client("default", Map.of("app", "productpage", "version", "v1"), Personality.FULL));
    }

    /** Bookinfo and some rules, with external authorizers. */
    static MeshFixture asking(Map<String, ExtensionProvider> providers, String... rules) {
        Translator translator =
                new Translator(RuleSettings.forTrustDomain("inmesh.local").asking(providers));
        MeshState state = translator.translate(
                Config.view(Config.BOOKINFO, String.join("\n---\n", rules)), Workloads.bookinfo(), null);
        return new MeshFixture(
                state, client("default", Map.of("app", "productpage", "version", "v1"), Personality.FULL));
    }

    static ClientContext client(String namespace, Map<String, String> labels, Personality personality) {
        return new ClientContext(namespace, labels, namespace + ".svc.cluster.local", personality);
    }

    MeshFixture seenFrom(String namespace, Map<String, String> labels) {
        return new MeshFixture(state, client(namespace, labels, client.personality()));
    }

    MeshFixture seenByGrpc() {
        return new MeshFixture(state, client(client.namespace(), client.labels(), Personality.GRPC_SAFE));
    }

    MeshState state() {
        return state;
    }

    ClientContext client() {
        return client;
    }

    ResourceSet resources() {
        return state.resourcesFor(client);
    }

    Cluster cluster(String name) throws InvalidProtocolBufferException {
        return Cluster.parseFrom(bytes(TypeUrls.CLUSTER, name));
    }

    ClusterLoadAssignment endpoints(String name) throws InvalidProtocolBufferException {
        return ClusterLoadAssignment.parseFrom(bytes(TypeUrls.ENDPOINTS, name));
    }

    Listener listener(String name) throws InvalidProtocolBufferException {
        return Listener.parseFrom(bytes(TypeUrls.LISTENER, name));
    }

    RouteConfiguration routes(String name) throws InvalidProtocolBufferException {
        return RouteConfiguration.parseFrom(bytes(TypeUrls.ROUTES, name));
    }

    /** The virtual host of a bookinfo service on port 9080. */
    VirtualHost host(String service) throws InvalidProtocolBufferException {
        String fqdn = service.contains(".") ? service : service + ".default.svc.cluster.local";
        String config = client.personality() == Personality.FULL ? "9080" : "outbound|9080||" + fqdn;
        return routes(config).getVirtualHostsList().stream()
                .filter(h -> h.getName().equals(fqdn + ":9080"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no virtual host for " + fqdn));
    }

    /** The first route to reviews. */
    Route firstRoute() throws InvalidProtocolBufferException {
        return host("reviews").getRoutes(0);
    }

    private com.google.protobuf.ByteString bytes(String type, String name) {
        return resources()
                .find(type, name)
                .orElseThrow(() -> new AssertionError("no " + type + " named " + name + " in "
                        + resources().all(type).keySet()))
                .any()
                .getValue();
    }
}
