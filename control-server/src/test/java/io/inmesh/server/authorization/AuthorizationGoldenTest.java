package io.inmesh.server.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.inmesh.authz.Authorizer;
import io.inmesh.authz.Decision;
import io.inmesh.authz.PolicyListener;
import io.inmesh.authz.RequestFacts;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.translate.TypeUrls;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.listener.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Istio's own AuthorizationPolicies and the Envoy filters that Istio makes of them, judged three ways on thousands of requests: by a
 * workload that follows this server's translation, by a workload that follows Istio's, and by {@link EnvoyRbac} on Istio's.
 *
 * <p>What the files say about the state of other filters is left out on both sides: here there are none. Envoy differs on purpose in: repeated headers,
 * which it joins; a port in the authority, which hides the host from its exact and suffix matchers; paths, which it does not bring into
 * the form that servlets see. The last two tests say what is done instead.
 */
class AuthorizationGoldenTest {
    private static final Path FILES = Path.of("../../shared/istio/authz");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final int SAMPLES = 4000;

    static Stream<Path> inputs() throws IOException {
        if (!Files.exists(FILES)) {
            return Stream.of(FILES);
        }
        try (Stream<Path> files = Files.list(FILES)) {
            return files.filter(file -> file.toString().endsWith("-in.yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void allThreeAgreeOnWholeFiles(Path input) throws IOException {
        Case golden = new Case(input);
        Authorizer ours = golden.ours(golden.policies);
        Authorizer theirs = golden.theirs(golden.filters);
        for (Requests.Sample sample : golden.requests.samples(SAMPLES)) {
            boolean envoy = EnvoyRbac.allows(golden.filters, sample);
            assertThat(decide(ours, sample)).as("our translation: %s", sample).isEqualTo(envoy);
            assertThat(decide(theirs, sample))
                    .as("Istio's translation: %s", sample)
                    .isEqualTo(envoy);
        }
    }

    /** Each field of each rule alone, so that none hides behind another that never matches: it means what one matcher of Istio's means. */
    @ParameterizedTest
    @MethodSource("inputs")
    void everyFieldMeansWhatAMatcherOfIstioMeans(Path input) throws IOException {
        Case golden = new Case(input);
        List<Requests.Sample> samples = golden.requests.samples(SAMPLES);
        for (String action : List.of("ALLOW", "DENY")) {
            Map<String, String> matchers = new TreeMap<>();
            boolean telling = false;
            for (Map.Entry<String, JsonNode> matcher : golden.matchers(action).entrySet()) {
                BitSet envoy = new BitSet();
                BitSet theirs = new BitSet();
                Authorizer authorizer = golden.theirs(List.of(matcher.getValue()));
                for (int i = 0; i < samples.size(); i++) {
                    envoy.set(i, EnvoyRbac.allows(List.of(matcher.getValue()), samples.get(i)));
                    theirs.set(i, decide(authorizer, samples.get(i)));
                }
                assertThat(theirs).as(matcher.getKey()).isEqualTo(envoy);
                telling |= !envoy.isEmpty() && envoy.cardinality() < samples.size();
                matchers.put(envoy.toString(), matcher.getKey());
            }
            assertThat(telling)
                    .as("some matcher lets some requests in and others not")
                    .isEqualTo(!matchers.isEmpty());
            Map<String, String> fields = new TreeMap<>();
            for (Map.Entry<String, JsonNode> field : golden.fields(action).entrySet()) {
                BitSet ours = new BitSet();
                Authorizer authorizer = golden.ours(List.of(field.getValue()));
                for (int i = 0; i < samples.size(); i++) {
                    ours.set(i, decide(authorizer, samples.get(i)));
                }
                fields.put(ours.toString(), field.getKey());
            }
            Set<String> onlyOurs = new TreeSet<>(fields.values());
            matchers.keySet().forEach(key -> onlyOurs.remove(fields.get(key)));
            assertThat(onlyOurs)
                    .as("fields that mean something else, of %s", fields.values())
                    .isEmpty();
            Set<String> onlyTheirs = new TreeSet<>(matchers.values());
            fields.keySet().forEach(key -> onlyTheirs.remove(matchers.get(key)));
            assertThat(onlyTheirs).as("matchers that no field means").isEmpty();
        }
    }

    /** CVE-2026-26308: Envoy joined the values and missed a bad one among them. Here every one has to pass. */
    @ParameterizedTest
    @MethodSource("inputs")
    void aRepeatedHeaderIsJudgedByEachOfItsValues(Path input) throws IOException {
        Case golden = new Case(input);
        for (String action : List.of("ALLOW", "DENY")) {
            for (Map.Entry<String, JsonNode> field : golden.fields(action).entrySet()) {
                String name = header(field.getKey());
                if (name.isEmpty()) {
                    continue;
                }
                Authorizer ours = golden.ours(List.of(field.getValue()));
                List<Requests.Sample> samples = golden.requests.samples(1000);
                for (int i = 1; i < samples.size(); i++) {
                    List<Requests.Header> headers = Stream.concat(
                                    samples.get(i).headers().stream(), samples.get(i - 1).headers().stream())
                            .filter(header -> header.name().equalsIgnoreCase(name))
                            .toList();
                    Requests.Sample one = samples.get(i);
                    boolean each = headers.stream().allMatch(header -> decide(ours, one.with(List.of(header))));
                    if (headers.size() > 1) {
                        assertThat(decide(ours, one.with(headers)))
                                .as("%s: %s", field.getKey(), headers)
                                .isEqualTo(each);
                    }
                }
            }
        }
    }

    private static String header(String field) {
        int start = field.indexOf("request.headers[");
        return start < 0 ? "" : field.substring(start + "request.headers[".length(), field.indexOf(']', start));
    }

    /** Envoy's exact and suffix matchers do not see a host behind a port; a DENY rule for the host would be no obstacle. */
    @ParameterizedTest
    @MethodSource("inputs")
    void aPortHidesNoHost(Path input) throws IOException {
        Case golden = new Case(input);
        for (String action : List.of("ALLOW", "DENY")) {
            for (Map.Entry<String, JsonNode> field : golden.fields(action).entrySet()) {
                Authorizer ours = golden.ours(List.of(field.getValue()));
                for (Requests.Sample one : golden.requests.samples(100)) {
                    Requests.Sample other = one.at(one.authority() + ":8443");
                    assertThat(decide(ours, other))
                            .as("%s: %s", field.getKey(), one)
                            .isEqualTo(decide(ours, one));
                }
            }
        }
    }

    /** What policies on trial would change, told by resource. */
    @ParameterizedTest
    @MethodSource("inputs")
    void dryRunsReportTheSame(Path input) throws IOException {
        Case golden = new Case(input);
        Authorizer ours = golden.ours(golden.policies);
        Authorizer theirs = golden.theirs(golden.filters);
        for (Requests.Sample sample : golden.requests.samples(1000)) {
            Set<String> envoy = new TreeSet<>();
            for (JsonNode filter : golden.filters) {
                JsonNode shadow = filter.path("shadowRules");
                if (!shadow.isMissingNode() && !EnvoyRbac.allowed(shadow, sample)) {
                    shadow.get("policies")
                            .fieldNames()
                            .forEachRemaining(name -> envoy.add(name.replace("-rule[0]", "")));
                }
            }
            assertThat(wouldDeny(ours, sample))
                    .as("our translation: %s", sample)
                    .isEqualTo(envoy);
            assertThat(wouldDeny(theirs, sample))
                    .as("Istio's translation: %s", sample)
                    .isEqualTo(envoy);
        }
    }

    private static Set<String> wouldDeny(Authorizer authorizer, Requests.Sample sample) {
        Set<String> denying = new TreeSet<>();
        RequestFacts facts = sample.facts();
        authorizer.report(facts, authorizer.decide(facts), new PolicyListener() {
            @Override
            public void audited(Decision match) {}

            @Override
            public void shadowDecided(Decision decision, Decision shadow) {
                if (!shadow.allowed()) {
                    denying.add(String.valueOf(shadow.resource()));
                }
            }
        });
        return denying;
    }

    private static boolean decide(Authorizer authorizer, Requests.Sample sample) {
        return authorizer.decide(sample.facts()).allowed();
    }

    /** One of Istio's files with its outputs. */
    private static final class Case {
        private static final ClientContext WORKLOAD = new ClientContext(
                "foo", Map.of("app", "httpbin", "version", "v1"), "foo.svc.cluster.local", Personality.FULL);

        final List<JsonNode> policies = new ArrayList<>();
        final List<JsonNode> filters = new ArrayList<>();
        final Requests requests;

        Case(Path input) throws IOException {
            Assumptions.assumeTrue(Files.exists(FILES), "Istio's files are not here");
            for (JsonNode policy : documents(input)) {
                policies.add(withoutFilterState(policy));
            }
            String name = input.getFileName().toString().replace("-in.yaml", "");
            try (Stream<Path> files = Files.list(FILES)) {
                for (Path output : files.filter(
                                file -> file.getFileName().toString().matches(name + "-out\\d?.yaml"))
                        .sorted()
                        .toList()) {
                    JsonNode filter = documents(output).get(0).get("typedConfig");
                    for (JsonNode policy : filter.path("rules").path("policies")) {
                        prune(policy.get("permissions"));
                        prune(policy.get("principals"));
                    }
                    filters.add(filter);
                }
            }
            assertThat(filters).isNotEmpty();
            requests = new Requests(policies, name.hashCode());
        }

        /** What a workload makes of policies in this server. */
        Authorizer ours(List<JsonNode> documents) throws IOException {
            StringBuilder yaml = new StringBuilder();
            for (JsonNode document : documents) {
                yaml.append(YAML.writeValueAsString(document));
            }
            var view = Config.view(yaml.toString());
            Listener listener = Listener.parseFrom(new Translator(RuleSettings.forTrustDomain("inmesh.local"))
                    .translate(view, List.of(), null)
                    .resourcesFor(WORKLOAD)
                    .find(TypeUrls.LISTENER, "inbound")
                    .orElseThrow()
                    .any()
                    .getValue());
            return Workload.authorizer(listener);
        }

        /** What a workload makes of filters. */
        Authorizer theirs(List<JsonNode> typedConfigs) {
            HttpConnectionManager.Builder manager = HttpConnectionManager.newBuilder();
            for (JsonNode typedConfig : typedConfigs) {
                manager.addHttpFilters(HttpFilter.newBuilder()
                        .setName("rbac-" + manager.getHttpFiltersCount())
                        .setTypedConfig(YamlMessages.read(typedConfig, com.google.protobuf.Any.getDefaultInstance())));
            }
            return Workload.authorizer(Workload.listener(manager.build()));
        }

        /** Each matcher of the output alone, as a filter with an action. */
        Map<String, JsonNode> matchers(String action) {
            Map<String, JsonNode> matchers = new LinkedHashMap<>();
            for (JsonNode filter : filters) {
                for (JsonNode policy : filter.path("rules").path("policies")) {
                    parts(policy.get("permissions"), "andRules", "rules")
                            .forEach(part -> matchers.put("permission " + part, filter(action, part, any())));
                    parts(policy.get("principals"), "andIds", "ids")
                            .forEach(part -> matchers.put("principal " + part, filter(action, any(), part)));
                }
            }
            return matchers;
        }

        /** Each field of the input alone, as a policy with an action. */
        Map<String, JsonNode> fields(String action) {
            Map<String, JsonNode> fields = new LinkedHashMap<>();
            for (JsonNode policy : policies) {
                if (policy.path("metadata").has("annotations")) {
                    continue;
                }
                for (JsonNode rule : policy.path("spec").path("rules")) {
                    for (JsonNode from : rule.path("from")) {
                        from.get("source").properties().forEach(field -> put(fields, action, "from", "source", field));
                    }
                    for (JsonNode to : rule.path("to")) {
                        to.get("operation")
                                .properties()
                                .forEach(field -> put(fields, action, "to", "operation", field));
                    }
                    for (JsonNode when : rule.path("when")) {
                        for (String values : List.of("values", "notValues")) {
                            if (when.has(values)) {
                                ObjectNode condition = YAML.createObjectNode();
                                condition.set("key", when.get("key"));
                                condition.set(values, when.get(values));
                                ObjectNode alone = YAML.createObjectNode();
                                alone.putArray("when").add(condition);
                                fields.put(condition.toString(), policy(action, alone));
                            }
                        }
                    }
                }
            }
            return fields;
        }

        private static void put(
                Map<String, JsonNode> fields,
                String action,
                String list,
                String kind,
                Map.Entry<String, JsonNode> field) {
            ObjectNode alone = YAML.createObjectNode();
            alone.putArray(list).addObject().putObject(kind).set(field.getKey(), field.getValue());
            fields.put(field.toString(), policy(action, alone));
        }

        private static JsonNode policy(String action, JsonNode rule) {
            ObjectNode policy = YAML.createObjectNode();
            policy.put("apiVersion", "security.istio.io/v1").put("kind", "AuthorizationPolicy");
            policy.putObject("metadata").put("name", "alone").put("namespace", "foo");
            policy.putObject("spec").put("action", action).putArray("rules").add(rule);
            return policy;
        }

        private static JsonNode filter(String action, JsonNode permission, JsonNode principal) {
            ObjectNode filter = YAML.createObjectNode();
            filter.put("@type", "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC");
            ObjectNode policy = filter.putObject("rules")
                    .put("action", action)
                    .putObject("policies")
                    .putObject("alone");
            policy.putArray("permissions").add(permission);
            policy.putArray("principals").add(principal);
            return filter;
        }

        private static JsonNode any() {
            return YAML.createObjectNode().put("any", true);
        }

        /** The parts of conjunctions, without those that say nothing. */
        private static List<JsonNode> parts(JsonNode conjunctions, String kind, String list) {
            List<JsonNode> parts = new ArrayList<>();
            for (JsonNode conjunction : conjunctions) {
                for (JsonNode part : conjunction.path(kind).path(list)) {
                    if (!part.has("any")) {
                        parts.add(part);
                    }
                }
            }
            return parts;
        }

        private static List<JsonNode> documents(Path file) throws IOException {
            List<JsonNode> documents = new ArrayList<>();
            try (var parser = YAML.getFactory().createParser(Files.readString(file))) {
                YAML.readValues(parser, JsonNode.class).forEachRemaining(document -> {
                    if (document.isObject()) {
                        documents.add(document);
                    }
                });
            }
            return documents;
        }

        private static JsonNode withoutFilterState(JsonNode policy) {
            for (JsonNode rule : policy.path("spec").path("rules")) {
                for (Iterator<JsonNode> when = rule.path("when").iterator(); when.hasNext(); ) {
                    if (when.next().get("key").asText().startsWith("experimental.")) {
                        when.remove();
                    }
                }
            }
            return policy;
        }

        /** Removes matchers of the state of other filters than that for tokens, and what is empty without them. */
        private static void prune(JsonNode matchers) {
            for (Iterator<JsonNode> each = matchers.iterator(); each.hasNext(); ) {
                if (isAboutMetadata(each.next())) {
                    each.remove();
                }
            }
        }

        private static boolean isAboutMetadata(JsonNode matcher) {
            String kind = matcher.fieldNames().next();
            return switch (kind) {
                case "metadata" -> !matcher.get(kind).get("filter").asText().equals("envoy.filters.http.jwt_authn");
                case "notRule", "notId" -> isAboutMetadata(matcher.get(kind));
                case "andRules", "orRules", "andIds", "orIds" -> {
                    ArrayNode parts = (ArrayNode) matcher.get(kind).get(kind.endsWith("Rules") ? "rules" : "ids");
                    prune(parts);
                    yield parts.isEmpty();
                }
                default -> false;
            };
        }
    }
}
