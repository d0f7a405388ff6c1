package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.RestServer;
import io.inmesh.server.fixture.RestServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The languages in which kubectl changes a part of a resource. Each test has a namespace of its own. */
class PatchTest {

    private static final String MERGE = "application/merge-patch+json";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final String STEPS = "application/json-patch+json";
    private static final String APPLY = "application/apply-patch+yaml";

    private static final String RULE = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews, labels: {team: shop, stage: test}}
            spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}]}
            """;
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews}
            spec:
              selector: {app: reviews}
              ports: [{name: http, port: 9080}, {name: grpc, port: 9090}]
            """;

    @TempDir
    private static Path data;

    private static RestServer server;
    private String rule = "";
    private String services = "";

    @BeforeAll
    static void serve() throws Exception {
        server = new RestServer(data.resolve("data"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void enterOwnNamespace(TestInfo test) {
        String name = test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT);
        String namespace = name.substring(0, Math.min(40, name.length())) + "-"
                + Integer.toHexString(test.getDisplayName().hashCode());
        rule = "/apis/networking.istio.io/v1/namespaces/" + namespace + "/destinationrules/reviews";
        services = "/api/v1/namespaces/" + namespace + "/services";
    }

    @Test
    void serverSideApplyCreatesAndThenMakesItWhatIsApplied() throws Exception {
        Answer created = server.send("PATCH", rule + "?fieldManager=me", APPLY, RULE);
        assertThat(created.status()).isEqualTo(201);

        Answer applied = server.send("PATCH", rule + "?fieldManager=me", APPLY, RULE.replace(", stage: test", ""));
        assertThat(applied.status()).isEqualTo(200);
        assertThat(applied.body().at("/metadata/labels")).hasSize(1);
        assertThat(applied.text("/metadata/uid")).isEqualTo(created.text("/metadata/uid"));
    }

    @Test
    void applyingTheSameAgainChangesNothing() throws Exception {
        server.send("PATCH", rule, APPLY, RULE);
        long before = server.revision();

        assertThat(server.send("PATCH", rule, APPLY, RULE).status()).isEqualTo(200);
        assertThat(server.revision()).isEqualTo(before);
    }

    @Test
    void mergePatchChangesWhatItNamesRemovesNullsAndReplacesLists() throws Exception {
        create();
        Answer patched = server.send("PATCH", rule, MERGE, """
                {"metadata": {"labels": {"stage": null, "tier": "back"}}, "spec": {"subsets": [{"name": "v2"}]}}
                """);

        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.body().at("/metadata/labels").toString()).isEqualTo("{\"team\":\"shop\",\"tier\":\"back\"}");
        assertThat(patched.text("/spec/host")).isEqualTo("reviews");
        assertThat(patched.body().at("/spec/subsets").toString()).isEqualTo("[{\"name\":\"v2\"}]");
    }

    @Test
    void strategicPatchKeepsTheOtherPortsOfAService() throws Exception {
        server.post(services, SERVICE);
        Answer patched = server.send("PATCH", services + "/reviews", STRATEGIC, """
                {"spec": {"ports": [{"port": 9080, "targetPort": 8080}, {"port": 9443, "name": "https"}]}}
                """);

        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.body().at("/spec/ports").findValuesAsText("port")).containsExactly("9080", "9090", "9443");
        assertThat(patched.text("/spec/ports/0/name")).isEqualTo("http");
        assertThat(patched.text("/spec/ports/0/targetPort")).isEqualTo("8080");
    }

    @Test
    void strategicPatchTakesAwayAndReordersByItsDirectives() throws Exception {
        server.post(services, SERVICE.replace("]", ", {name: https, port: 9443}]"));
        Answer patched = server.send("PATCH", services + "/reviews", STRATEGIC, """
                {"spec": {"$setElementOrder/ports": [{"port": 9443}, {"port": 9090}],
                          "ports": [{"port": 9080, "$patch": "delete"}]}}
                """);

        assertThat(patched.body().at("/spec/ports").findValuesAsText("port")).containsExactly("9443", "9090");
    }

    @Test
    void jsonPatchTakesItsStepsInOrder() throws Exception {
        create();
        Answer patched = server.send("PATCH", rule, STEPS, """
                [{"op": "test", "path": "/spec/host", "value": "reviews"},
                 {"op": "add", "path": "/spec/subsets/-", "value": {"name": "v3"}},
                 {"op": "add", "path": "/spec/subsets/1", "value": {"name": "v2"}},
                 {"op": "replace", "path": "/spec/subsets/0/name", "value": "first"},
                 {"op": "remove", "path": "/metadata/labels/stage"},
                 {"op": "copy", "from": "/metadata/labels/team", "path": "/metadata/labels/owner"},
                 {"op": "move", "from": "/metadata/labels/team", "path": "/metadata/labels/a~1b"}]
                """);

        assertThat(patched.status()).as(patched.body().toString()).isEqualTo(200);
        assertThat(patched.body().at("/spec/subsets").findValuesAsText("name")).containsExactly("first", "v2", "v3");
        assertThat(patched.body().at("/metadata/labels").toString()).isEqualTo("{\"owner\":\"shop\",\"a/b\":\"shop\"}");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a test that fails | 422 | {'op': 'test', 'path': '/spec/host', 'value': 'ratings'}",
                "nothing to remove | 422 | {'op': 'remove', 'path': '/spec/nothing'}",
                "nothing to replace | 422 | {'op': 'replace', 'path': '/spec/nothing', 'value': 1}",
                "behind the end | 422 | {'op': 'add', 'path': '/spec/subsets/7', 'value': {'name': 'x'}}",
                "nowhere to add | 422 | {'op': 'add', 'path': '/spec/no/where', 'value': 1}",
                "the whole | 422 | {'op': 'remove', 'path': ''}",
                "no resource left | 400 | {'op': 'replace', 'path': '', 'value': 1}",
                "unknown op | 400 | {'op': 'increase', 'path': '/spec/host'}",
                "no pointer | 400 | {'op': 'remove', 'path': 'spec'}",
                "no value | 400 | {'op': 'add', 'path': '/spec/host'}"
            })
    void aStepThatCannotBeTakenUndoesThoseBefore(String what, int status, String step) throws Exception {
        create();
        long before = server.revision();
        String steps = "[{'op': 'replace', 'path': '/spec/host', 'value': 'changed'}, " + step + "]";
        Answer answer = server.send("PATCH", rule, STEPS, steps.replace('\'', '"'));

        assertThat(answer.status()).as(what).isEqualTo(status);
        assertThat(answer.text("/message")).isNotEmpty();
        assertThat(server.revision()).isEqualTo(before);
    }

    @Test
    void aPatchThatBreaksTheResourceIsRefused() throws Exception {
        create();
        Answer answer = server.send("PATCH", rule, MERGE, "{\"spec\": {\"host\": null}}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/message")).contains("spec.host is missing");
        assertThat(server.get(rule).text("/spec/host")).isEqualTo("reviews");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "application/merge-patch+json | {'metadata': {'resourceVersion': '%s'}, 'spec': {'host': 'two'}}",
                "application/json-patch+json | [{'op': 'replace', 'path': '/metadata/resourceVersion', 'value': '%s'},"
                        + " {'op': 'replace', 'path': '/spec/host', 'value': 'two'}]"
            })
    void aPatchOfAnOlderVersionIsAConflict(String type, String patch) throws Exception {
        String old = create().text("/metadata/resourceVersion");
        String text = patch.replace('\'', '"').formatted(old);
        assertThat(server.send("PATCH", rule, type, text).text("/spec/host")).isEqualTo("two");

        Answer again = server.send("PATCH", rule, type, text.replace("two", "three"));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("/reason")).isEqualTo("Conflict");
    }

    @Test
    void aDryRunShowsWhatAPatchWouldMake() throws Exception {
        create();
        long before = server.revision();
        Answer answer = server.send("PATCH", rule + "?dryRun=All", MERGE, "{\"spec\": {\"host\": \"two\"}}");

        assertThat(answer.text("/spec/host")).isEqualTo("two");
        assertThat(server.revision()).isEqualTo(before);
    }

    private Answer create() throws Exception {
        Answer answer = server.send("PATCH", rule, APPLY, RULE);
        assertThat(answer.status()).isEqualTo(201);
        return answer;
    }
}
