package io.inmesh.server.semantics;

import com.google.protobuf.ByteString;
import io.inmesh.client.translate.Caller;
import io.inmesh.client.translate.ConfigAssembler;
import io.inmesh.client.translate.InvalidResourceException;
import io.inmesh.client.translate.Resource;
import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.client.translate.TlsFiles;
import io.inmesh.config.MeshConfig;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.rule.IssuerKeys;
import io.inmesh.server.rule.KeySource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.Locality;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.translate.TypeUrls;
import io.inmesh.server.translate.VersionedResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What some resources mean to everybody: to our library, to Envoy, to stock gRPC, in several workloads each.
 *
 * @param library what it compiles
 * @param envoy what it is sent and does not pass over, by name
 * @param grpc versions of what it is sent, by name
 * @param refused what the library refuses to take
 */
record Outcome(
        List<Compiled> library,
        List<Map<String, ByteString>> envoy,
        List<Map<String, String>> grpc,
        Set<String> refused) {

    /**
     * What the library makes of what it is sent.
     *
     * @param config the config
     * @param files what it reads from files besides, by cluster
     */
    record Compiled(MeshConfig config, Map<String, TlsFiles> files) {}

    static final RuleSettings SETTINGS = RuleSettings.forTrustDomain("inmesh.local")
            .asking(Map.of(
                    "authorizer",
                    new ExtensionProvider(
                            "authorizer",
                            "ratings.default.svc.cluster.local",
                            9080,
                            Duration.ofSeconds(1),
                            false,
                            403)))
            .knowing(new IssuerKeys(
                    List.of("https://other.example/", "https://third.example/"),
                    Map.of(
                            new KeySource(KeySource.Kind.KEY_SET, "https://other.example/keys"),
                            keys("other"),
                            new KeySource(KeySource.Kind.KEY_SET, "https://third.example/keys"),
                            keys("third"))));

    private static final List<String> TYPES =
            List.of(TypeUrls.LISTENER, TypeUrls.ROUTES, TypeUrls.CLUSTER, TypeUrls.ENDPOINTS);
    private static final List<Map<String, String>> WORKLOADS = List.of(
            Map.of("app", "productpage", "version", "v1"),
            Map.of("app", "ratings", "version", "v1"),
            Map.of("app", "x"));

    private static String keys(String id) {
        return "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" + id
                + "\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";
    }

    static Outcome of(List<String> documents) {
        MeshState state = new Translator(SETTINGS)
                .translate(Config.view(documents.toArray(String[]::new)), Workloads.bookinfo(), null);
        List<Compiled> library = new ArrayList<>();
        List<Map<String, ByteString>> envoy = new ArrayList<>();
        List<Map<String, String>> grpc = new ArrayList<>();
        Set<String> refused = new TreeSet<>();
        for (String namespace : List.of("default", "other")) {
            for (Map<String, String> labels : WORKLOADS) {
                ResourceSet full = state.resourcesFor(client(namespace, labels, Personality.FULL));
                envoy.add(seenByEnvoy(full));
                library.add(compiled(full, refused));
                ResourceSet safe = state.resourcesFor(client(namespace, labels, Personality.GRPC_SAFE));
                Map<String, String> sent = versions(safe);
                safe.find(TypeUrls.LISTENER, "xds.istio.io/grpc/lds/inbound/10.0.0.21:9080")
                        .ifPresent(inbound -> sent.put("inbound", inbound.version()));
                grpc.add(sent);
            }
        }
        return new Outcome(library, envoy, grpc, refused);
    }

    private static ClientContext client(String namespace, Map<String, String> labels, Personality personality) {
        return new ClientContext(namespace, labels, namespace + ".svc.cluster.local", personality)
                .in(new Locality("a", "x", "1"));
    }

    private static Map<String, String> versions(ResourceSet set) {
        Map<String, String> versions = new TreeMap<>();
        for (String type : TYPES) {
            set.all(type).forEach((name, resource) -> versions.put(type + " " + name, resource.version()));
        }
        return versions;
    }

    private static Map<String, ByteString> seenByEnvoy(ResourceSet set) {
        Map<String, ByteString> resources = new TreeMap<>();
        for (String type : TYPES) {
            set.all(type).forEach((name, resource) -> resources.put(type + " " + name, EnvoyView.of(resource)));
        }
        return resources;
    }

    private static Compiled compiled(ResourceSet set, Set<String> refused) {
        ConfigAssembler.Assembled assembled =
                ConfigAssembler.assemble("1", new Received(set, refused), new Caller("a/x/1", "10.0.0.1", "caller"));
        return new Compiled(assembled.config(), assembled.files());
    }

    /** Resources as the library's client holds them. */
    private static final class Received implements ConfigAssembler.Resources {
        private final Map<String, Map<String, Resource>> byType = new TreeMap<>();

        Received(ResourceSet set, Set<String> refused) {
            for (String type : TYPES) {
                Map<String, Resource> resources = new TreeMap<>();
                for (VersionedResource sent : set.all(type).values()) {
                    try {
                        resources.put(
                                sent.name(),
                                ResourceTranslator.translate(
                                        type, sent.name(), sent.any().getValue()));
                    } catch (InvalidResourceException e) {
                        refused.add(String.valueOf(e.getMessage()));
                    }
                }
                byType.put(type, resources);
            }
        }

        @Override
        public Collection<Resource> of(String typeUrl) {
            return byType.getOrDefault(typeUrl, Map.of()).values();
        }

        @Override
        public @Nullable Resource find(String typeUrl, String name) {
            return byType.getOrDefault(typeUrl, Map.of()).get(name);
        }

        @Override
        public boolean inboundRefused() {
            return false;
        }
    }
}
