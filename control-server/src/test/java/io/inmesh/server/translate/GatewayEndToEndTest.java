package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.HeaderSink;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.LocalReply;
import io.inmesh.call.Step;
import io.inmesh.client.translate.Caller;
import io.inmesh.client.translate.ConfigAssembler;
import io.inmesh.client.translate.Resource;
import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.config.MeshConfig;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Routes of the Gateway API from YAML to what our own client does with a call: the whole way but for the sockets. The cases are those of
 * the Gateway API's conformance tests for meshes.
 */
class GatewayEndToEndTest {
    private static final String ECHO = """
            {apiVersion: v1, kind: Service, metadata: {name: echo}, spec: {ports: [{port: 80, name: http}, {port: 7070, name: grpc}]}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: echo-v1}, spec: {ports: [{port: 80, name: http}, {port: 7070, name: grpc}], selector: {echo: v1}}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: echo-v2}, spec: {ports: [{port: 80, name: http}, {port: 7070, name: grpc}], selector: {echo: v2}}}
            ---
            {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: one}, spec: {address: 127.0.0.1, labels: {echo: v1}}}
            ---
            {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: two}, spec: {address: 127.0.0.2, labels: {echo: v2}}}
            """;
    private static final String V1 = "backendRefs: [{name: echo-v1, port: 80}]";
    private static final String V2 = "backendRefs: [{name: echo-v2, port: 80}]";

    @ParameterizedTest
    @CsvSource({
        "/, , , echo-v1",
        "/example, , , echo-v1",
        "/, Version, one, echo-v1",
        "/v2, , , echo-v2",
        "/v2/, , , echo-v2",
        "/v2/example, , , echo-v2",
        "/v2example, , , echo-v1",
        "/foo/v2/example, , , echo-v1",
        "/, version, two, echo-v2",
        "/v2, version, two, echo-v2",
    })
    void matching(String path, String header, String value, String backend) {
        Mesh mesh = mesh("HTTPRoute", """
                - matches: [{path: {value: /}}, {headers: [{name: version, value: one}]}]
                  %s
                - matches: [{path: {value: /v2}}, {headers: [{name: version, value: two}]}]
                  %s
                """.formatted(V1, V2));
        FakeCall call = FakeCall.get(path).to("echo", 80);

        assertThat(backend(mesh, header == null ? call : call.header(header.toLowerCase(Locale.ROOT), value)))
                .isEqualTo(backend);
    }

    @ParameterizedTest
    @CsvSource({
        "animal=whale, echo-v1",
        "animal=dolphin, echo-v2",
        "animal=dolphin&color=blue, echo-v1",
        "color=blue, echo-v2",
        "animal=shark, 404",
        ", 404",
    })
    void queryParameterMatching(String query, String backend) {
        Mesh mesh = mesh("HTTPRoute", """
                - matches: [{queryParams: [{name: animal, value: whale}]}]
                  %1$s
                - matches: [{queryParams: [{name: animal, value: dolphin}]}, {queryParams: [{name: color, value: blue}]}]
                  %2$s
                - matches: [{queryParams: [{name: animal, value: dolphin}, {name: color, value: blue}]}]
                  %1$s
                """.formatted(V1, V2));

        assertThat(backend(mesh, FakeCall.get("/").to("echo", 80).query(query))).isEqualTo(backend);
    }

    static Stream<Arguments> redirects() {
        return Stream.of(
                Arguments.of("{hostname: example.org}", "302 http://example.org/a/b"),
                Arguments.of("{hostname: example.org, statusCode: 301}", "301 http://example.org/a/b"),
                Arguments.of("{statusCode: 303, hostname: example.org}", "303 http://example.org/a/b"),
                Arguments.of("{statusCode: 307, hostname: example.org}", "307 http://example.org/a/b"),
                Arguments.of("{statusCode: 308, hostname: example.org}", "308 http://example.org/a/b"),
                Arguments.of("{port: 8083}", "302 http://echo:8083/a/b"),
                Arguments.of("{scheme: https}", "302 https://echo/a/b"),
                Arguments.of("{scheme: https, port: 443}", "302 https://echo/a/b"),
                Arguments.of("{scheme: https, port: 80}", "302 https://echo:80/a/b"),
                Arguments.of("{scheme: http, port: 80}", "302 http://echo/a/b"),
                Arguments.of("{path: {type: ReplaceFullPath, replaceFullPath: /full}}", "302 http://echo/full"),
                Arguments.of("{path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}", "302 http://echo/new/b"),
                Arguments.of("{path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}", "302 http://echo/b"));
    }

    @ParameterizedTest
    @MethodSource("redirects")
    void redirecting(String redirect, String answer) {
        Mesh mesh = mesh("HTTPRoute", """
                - matches: [{path: {value: /a}}]
                  filters: [{type: RequestRedirect, requestRedirect: %s}]
                """.formatted(redirect));

        LocalReply reply = reply(mesh, FakeCall.get("/a/b").to("echo", 80));

        assertThat(reply.httpStatus() + " " + reply.location()).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource({
        "/prefix/one/two, /one/two",
        "/prefix/one/two/three, /one/two/three",
        "/prefix/one, /one",
        "/strip/one, /one",
        "/strip, /",
        "/strip/, /",
        "/full/one/two, /one",
    })
    void pathRewriting(String path, String sent) {
        Mesh mesh = mesh("HTTPRoute", """
                - matches: [{path: {value: /prefix/one}}]
                  filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /one}}}]
                  %1$s
                - matches: [{path: {value: /strip}}]
                  filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]
                  %1$s
                - matches: [{path: {value: /full/one}}]
                  filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /one}}}]
                  %1$s
                """.formatted(V1));

        Attempt attempt = (Attempt) start(mesh, FakeCall.get(path).to("echo", 80));

        assertThat(Objects.requireNonNullElse(attempt.rewrittenPath(), path)).isEqualTo(sent);
    }

    @Test
    void hostRewriting() {
        Mesh mesh = mesh(
                "HTTPRoute", "- {filters: [{type: URLRewrite, urlRewrite: {hostname: one.example.org}}], " + V1 + "}");

        assertThat(((Attempt) start(mesh, FakeCall.get("/").to("echo", 80))).rewrittenAuthority())
                .isEqualTo("one.example.org");
    }

    @Test
    void headerModifiersOfRuleAndBackend() {
        Mesh mesh = mesh("HTTPRoute", """
                - filters:
                  - type: RequestHeaderModifier
                    requestHeaderModifier: {set: [{name: X-Set, value: a}], add: [{name: X-Add, value: b}], remove: [X-Remove]}
                  - type: ResponseHeaderModifier
                    responseHeaderModifier: {set: [{name: X-Set, value: c}]}
                  backendRefs:
                  - name: echo-v1
                    port: 80
                    filters: [{type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: X-Backend, value: d}]}}]
                """);
        Attempt attempt = (Attempt) start(mesh, FakeCall.get("/").to("echo", 80));
        Edits request = new Edits();
        Edits response = new Edits();
        attempt.writeRequestHeaders(request);
        attempt.writeResponseHeaders(response);

        assertThat(request.said).contains("set x-set a", "add x-add b", "remove x-remove", "add x-backend d");
        assertThat(response.said).contains("set x-set c");
    }

    @Test
    void weights() {
        Mesh mesh = mesh(
                "HTTPRoute",
                "- backendRefs: [{name: echo-v1, port: 80, weight: 70}, {name: echo-v2, port: 80, weight: 30}, {name: echo, port: 80, weight: 0}]");
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 10_000; i++) {
            counts.merge(backend(mesh, FakeCall.get("/").to("echo", 80)), 1, Integer::sum);
        }

        assertThat(counts.keySet()).containsExactly("echo-v1", "echo-v2");
        assertThat(counts.get("echo-v1")).isBetween(6_800, 7_200);
    }

    @Test
    void theShareOfABackendThatDoesNotExistAnswers500() {
        Mesh mesh = mesh(
                "HTTPRoute",
                "- backendRefs: [{name: echo-v1, port: 80, weight: 3}, {name: nobody, port: 80, weight: 1}]");
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 10_000; i++) {
            counts.merge(backend(mesh, FakeCall.get("/").to("echo", 80)), 1, Integer::sum);
        }

        assertThat(counts.keySet()).containsExactly("500", "echo-v1");
        assertThat(counts.get("500")).isBetween(2_300, 2_700);
    }

    @Test
    void nobodyWaitsForABackendThatDoesNotExist() {
        MeshConfig config = config("HTTPRoute", "- backendRefs: [{name: nobody, port: 80}]");

        assertThat(ConfigAssembler.missingClusters(config)).isEmpty();
    }

    @Test
    void aRuleWithoutBackendsAnswers500AndAPathWithoutRule404() {
        Mesh mesh = mesh("HTTPRoute", "- matches: [{path: {value: /none}}]");

        assertThat(backend(mesh, FakeCall.get("/none").to("echo", 80))).isEqualTo("500");
        assertThat(backend(mesh, FakeCall.get("/other").to("echo", 80))).isEqualTo("404");
    }

    @ParameterizedTest
    @CsvSource({
        "/a.Greeter/Hello, , echo-v2",
        "/a.Greeter/Bye, , echo-v1",
        "/a.Greeter/Bye, two, echo-v2",
        "/b.Other/Hello, , UNIMPLEMENTED",
        "/b.Broken/Any, , UNAVAILABLE",
    })
    void grpcMethods(String method, String version, String backend) {
        Mesh mesh = mesh("GRPCRoute", """
                - matches: [{method: {service: a.Greeter}}]
                  backendRefs: [{name: echo-v1, port: 7070}]
                - matches: [{method: {service: a.Greeter, method: Hello}}, {method: {service: a.Greeter}, headers: [{name: version, value: two}]}]
                  backendRefs: [{name: echo-v2, port: 7070}]
                - matches: [{method: {service: b.Broken}}]
                  backendRefs: [{name: nobody, port: 7070}]
                """);
        FakeCall call = FakeCall.grpc(method).to("echo", 7070);
        Step step = start(mesh, version == null ? call : call.header("version", version));

        assertThat(step instanceof Attempt attempt ? serviceOf(attempt.cluster()) : grpcStatus(step))
                .isEqualTo(backend);
    }

    @Test
    void explainNamesTheRuleAndTheRoute() {
        Mesh mesh = mesh("HTTPRoute", "- {name: all, " + V1 + "}");

        assertThat(mesh.explain(FakeCall.get("/").to("echo", 80)).toString())
                .contains("route default.r.all of HTTPRoute default/r matches");
    }

    private static Mesh mesh(String kind, String rules) {
        return Mesh.builder()
                .config(config(kind, rules))
                .randomness(new SeededRandomness(17))
                .build();
    }

    private static MeshConfig config(String kind, String rules) {
        MeshFixture mesh = MeshFixture.with(ECHO, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: %s
                metadata: {name: r}
                spec:
                  parentRefs: [{group: '', kind: Service, name: echo}]
                  rules:
                %s
                """.formatted(kind, rules.indent(2)));
        Map<String, Map<String, Resource>> translated = new LinkedHashMap<>();
        for (String type : List.of(TypeUrls.LISTENER, TypeUrls.ROUTES, TypeUrls.CLUSTER, TypeUrls.ENDPOINTS)) {
            Map<String, Resource> ofType = new TreeMap<>();
            mesh.resources()
                    .all(type)
                    .forEach((name, resource) -> ofType.put(
                            name,
                            ResourceTranslator.translate(
                                    type, name, resource.any().getValue())));
            translated.put(type, ofType);
        }
        ConfigAssembler.Resources resources = new ConfigAssembler.Resources() {
            @Override
            public Collection<Resource> of(String typeUrl) {
                return translated.getOrDefault(typeUrl, Map.of()).values();
            }

            @Override
            public Resource find(String typeUrl, String name) {
                return translated.getOrDefault(typeUrl, Map.of()).get(name);
            }

            @Override
            public boolean inboundRefused() {
                return false;
            }
        };
        return ConfigAssembler.assemble("1", resources, new Caller("", "10.0.0.1", "caller"))
                .config();
    }

    private static Step start(Mesh mesh, FakeCall call) {
        return Objects.requireNonNull(mesh.outbound(call), "not a call of the mesh")
                .start();
    }

    private static LocalReply reply(Mesh mesh, FakeCall call) {
        return (LocalReply) ((Step.Done) start(mesh, call)).outcome();
    }

    /** The service called, else the status answered. */
    private static String backend(Mesh mesh, FakeCall call) {
        Step step = start(mesh, call);
        return step instanceof Attempt attempt
                ? serviceOf(attempt.cluster())
                : Integer.toString(((LocalReply) ((Step.Done) step).outcome()).httpStatus());
    }

    private static String serviceOf(String cluster) {
        return cluster.substring(cluster.lastIndexOf('|') + 1).replaceAll("\\..*", "");
    }

    private static String grpcStatus(Step step) {
        Outcome outcome = ((Step.Done) step).outcome();
        int code =
                outcome instanceof LocalReply reply ? reply.grpcStatus() : ((Outcome.Rejection) outcome).grpcStatus();
        return code == 14 ? "UNAVAILABLE" : code == 12 ? "UNIMPLEMENTED" : Integer.toString(code);
    }

    /** Writes down what is done to headers. */
    private static final class Edits implements HeaderSink {
        final List<String> said = new ArrayList<>();

        @Override
        public void set(String name, String value) {
            said.add("set " + name.toLowerCase(Locale.ROOT) + " " + value);
        }

        @Override
        public void add(String name, String value) {
            said.add("add " + name.toLowerCase(Locale.ROOT) + " " + value);
        }

        @Override
        public void remove(String name) {
            said.add("remove " + name.toLowerCase(Locale.ROOT));
        }
    }
}
