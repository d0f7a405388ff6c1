package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.RestServer;
import io.inmesh.server.fixture.RestServer.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Create, read, replace and delete by Kubernetes' rules, over a socket. Each test has a namespace of its own. */
class ResourceApiTest {

    @TempDir
    private static Path data;

    private static RestServer server;

    @BeforeAll
    static void serve() throws Exception {
        server = new RestServer(data.resolve("data"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aResourceIsCreatedReadReplacedAndDeleted() throws Exception {
        Answer created = server.post(rules("whole-life"), rule("reviews", "one"));
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.text("/metadata/uid")).isNotEmpty();
        assertThat(created.text("/metadata/namespace")).isEqualTo("whole-life");
        assertThat(server.get(rules("whole-life") + "/reviews").body()).isEqualTo(created.body());

        Answer replaced =
                server.send("PUT", rules("whole-life") + "/reviews", "application/yaml", rule("reviews", "two"));
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.text("/spec/host")).isEqualTo("two");
        assertThat(replaced.text("/metadata/uid")).isEqualTo(created.text("/metadata/uid"));
        assertThat(replaced.text("/metadata/generation")).isEqualTo("2");
        assertThat(version(replaced)).isGreaterThan(version(created));

        Answer deleted = server.delete(rules("whole-life") + "/reviews");
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.text("/status")).isEqualTo("Success");
        assertThat(server.get(rules("whole-life") + "/reviews").status()).isEqualTo(404);
    }

    @Test
    void whatIsNotThereIsNotFoundByEveryMethod() throws Exception {
        String path = rules("nothing-here") + "/nobody";
        failed(server.get(path), 404, "NotFound", "destinationrules.networking.istio.io \"nobody\" not found");
        failed(server.delete(path), 404, "NotFound", "nobody");
        failed(server.send("PUT", path, "application/yaml", rule("nobody", "one")), 404, "NotFound", "nobody");
        failed(server.send("PATCH", path, "application/merge-patch+json", "{}"), 404, "NotFound", "nobody");
        failed(server.get("/apis/networking.istio.io/v1/unicorns"), 404, "NotFound", "unicorns");
        failed(server.get("/apis/networking.istio.io/v9/destinationrules"), 404, "NotFound", "destinationrules");
        failed(server.get("/nowhere"), 404, "NotFound", "/nowhere");
    }

    @Test
    void creatingWhatIsThereIsAConflictAndSoIsReplacingAnOlderVersion() throws Exception {
        Answer first = server.post(rules("conflicts"), rule("reviews", "one"));
        failed(server.post(rules("conflicts"), rule("reviews", "two")), 409, "AlreadyExists", "reviews");

        String path = rules("conflicts") + "/reviews";
        server.send("PUT", path, "application/yaml", rule("reviews", "two"));
        String stale = first.body().toString().replace("\"one\"", "\"three\"");
        failed(server.send("PUT", path, "application/json", stale), 409, "Conflict", "reviews");
        assertThat(server.get(path).text("/spec/host")).isEqualTo("two");
    }

    @Test
    void deletingAnotherVersionThanTheOneMeantIsAConflict() throws Exception {
        Answer created = server.post(rules("preconditions"), rule("reviews", "one"));
        String path = rules("preconditions") + "/reviews";

        failed(
                server.send("DELETE", path, "application/json", "{\"preconditions\":{\"uid\":\"another\"}}"),
                409,
                "Conflict",
                created.text("/metadata/uid"));
        failed(
                server.send("DELETE", path, "application/json", "{\"preconditions\":{\"resourceVersion\":\"999999\"}}"),
                409,
                "Conflict",
                "reviews");
        assertThat(server.get(path).status()).isEqualTo(200);
    }

    @Test
    void replacingWhatHasBeenMadeAgainIsAConflict() throws Exception {
        Answer created = server.post(rules("again"), rule("reviews", "one"));
        String other = created.body().toString().replace(created.text("/metadata/uid"), "another");

        failed(
                server.send("PUT", rules("again") + "/reviews", "application/json", other),
                409,
                "Conflict",
                created.text("/metadata/uid"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a/b/c", "UP/a", "-a", "a/"})
    void whatIsNoNameOfALabelIsRefused(String name) throws Exception {
        failed(
                server.post(
                        rules("labels"),
                        rule("reviews", "one")
                                .replace("name: reviews", "name: reviews, labels: {\"" + name + "\": x}")),
                422,
                "Invalid",
                "metadata.labels." + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "app.kubernetes.io/name", "a.b-c/x.Y", "0/A_b"})
    void namesOfLabelsMayHaveADomain(String name) throws Exception {
        Answer taken = server.post(
                rules("labels") + "?dryRun=All",
                rule("reviews", "one").replace("name: reviews", "name: reviews, labels: {\"" + name + "\": x}"));

        assertThat(taken.status()).isEqualTo(201);
    }

    @Test
    void aDryRunOfSomethingElseThanAllIsRefused() throws Exception {
        failed(server.post(rules("dry") + "?dryRun=Some", rule("reviews", "one")), 400, "BadRequest", "Some");
    }

    @Test
    void aBodyThatIsNotUtf8IsRefused() throws Exception {
        failed(
                server.post(rules("bytes"), rule("reviews", "caf\u00e9").getBytes(StandardCharsets.ISO_8859_1)),
                400,
                "BadRequest",
                "UTF-8");
    }

    @ParameterizedTest(name = "{0} as {1}: {2}")
    @CsvSource({
        "POST, text/plain, 415",
        "POST, application/x-www-form-urlencoded, 415",
        "PATCH, application/strategic-merge-patch+json, 415",
        "PATCH, application/json, 415"
    })
    void otherMediaTypesAreNotGuessedAt(String method, String type, int status) throws Exception {
        String namespace = "types";
        server.post(rules(namespace), rule("present", "one"));
        long before = server.revision();
        String path = rules(namespace) + (method.equals("POST") ? "" : "/present");

        failed(server.send(method, path, type, "{\"spec\":{\"host\":\"two\"}}"), status, "UnsupportedMediaType", type);
        assertThat(server.revision()).isEqualTo(before);
    }

    @Test
    void theBodyHasToMeanWhatThePathMeans() throws Exception {
        server.post(rules("paths"), rule("reviews", "one"));
        long before = server.revision();
        String path = rules("paths") + "/reviews";

        failed(server.send("PUT", path, "application/yaml", rule("ratings", "two")), 400, "BadRequest", "ratings");
        failed(server.post(rules("elsewhere"), inNamespace(rule("x", "one"), "paths")), 400, "BadRequest", "elsewhere");
        failed(server.post(rules("paths"), rule("a", "b") + "---\n" + rule("c", "d")), 400, "BadRequest", "not 2");
        failed(
                server.post("/apis/networking.istio.io/v1/namespaces/paths/virtualservices", rule("x", "one")),
                400,
                "BadRequest",
                "DestinationRule");
        assertThat(server.revision()).isEqualTo(before);
    }

    @Test
    void aMistakeIsToldWithItsFieldAsTheCause() throws Exception {
        Answer answer = server.post(rules("mistakes"), rule("reviews", "one").replace("host:", "hots:"));

        failed(answer, 422, "Invalid", "spec.hots");
        assertThat(answer.text("/details/name")).isEqualTo("reviews");
        assertThat(answer.text("/details/kind")).isEqualTo("DestinationRule");
        assertThat(answer.text("/details/causes/0/field")).isEqualTo("spec.hots");
        assertThat(answer.text("/details/causes/0/message")).contains("did you mean \"host\"?");
    }

    @Test
    void everythingOfAKindIsDeletedInOneNamespaceOnly() throws Exception {
        server.post(rules("emptied"), rule("a", "one"));
        server.post(rules("emptied"), rule("b", "one"));
        server.post(rules("kept"), rule("c", "one"));

        failed(server.delete("/apis/networking.istio.io/v1/destinationrules"), 405, "MethodNotAllowed", "namespace");
        assertThat(server.delete(rules("emptied")).status()).isEqualTo(200);

        assertThat(server.get(rules("emptied")).body().path("items")).isEmpty();
        assertThat(server.get(rules("kept")).body().path("items")).hasSize(1);
    }

    @Test
    void aDryRunJudgesAndChangesNothing() throws Exception {
        server.post(rules("dry"), rule("present", "one"));
        long before = server.revision();
        String path = rules("dry") + "/present";

        assertThat(server.post(rules("dry") + "?dryRun=All", rule("absent", "one"))
                        .status())
                .isEqualTo(201);
        failed(server.post(rules("dry") + "?dryRun=All", rule("present", "one")), 409, "AlreadyExists", "present");
        failed(server.post(rules("dry") + "?dryRun=All", rule("BAD", "one")), 422, "Invalid", "metadata.name");
        assertThat(server.send("PUT", path + "?dryRun=All", "application/yaml", rule("present", "two"))
                        .text("/spec/host"))
                .isEqualTo("two");
        assertThat(server.delete(path + "?dryRun=All").status()).isEqualTo(200);
        assertThat(server.send("DELETE", path, "application/json", "{\"dryRun\":[\"All\"]}")
                        .status())
                .isEqualTo(200);

        assertThat(server.revision()).isEqualTo(before);
        assertThat(server.get(path).text("/spec/host")).isEqualTo("one");
    }

    @Test
    void whatIsNotAboutTheMeshIsTakenWithAWarningAndNotStored() throws Exception {
        long before = server.revision();
        String deployments = "/apis/apps/v1/namespaces/skipped/deployments";
        Answer answer = server.post(
                deployments, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: reviews-v1}, spec: {}}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Warning"))
                .hasValueSatisfying(warning -> assertThat(warning).startsWith("299 - \"Deployment reviews-v1 skipped"));
        failed(server.get(deployments + "/reviews-v1"), 404, "NotFound", "reviews-v1");
        assertThat(server.get(deployments).body().path("items")).isEmpty();
        assertThat(server.delete(deployments + "/reviews-v1").status()).isEqualTo(200);
        assertThat(server.revision()).isEqualTo(before);
    }

    @Test
    void whatIsStoredWithoutEffectIsTakenWithAWarning() throws Exception {
        Answer answer = server.post(
                "/apis/networking.istio.io/v1/namespaces/stored/gateways",
                "{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: edge}, spec: {servers: []}}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Warning"))
                .hasValueSatisfying(warning -> assertThat(warning).contains("stored but not enforced"));
    }

    @Test
    void whatWouldSeemToProtectButDoesNotIsRefused() throws Exception {
        Answer answer = server.post("/apis/security.istio.io/v1/namespaces/default/requestauthentications", """
                {apiVersion: security.istio.io/v1, kind: RequestAuthentication, metadata: {name: jwt},
                 spec: {targetRefs: [{kind: Gateway, name: edge}]}}
                """);

        failed(answer, 422, "Invalid", "use selector");
    }

    @Test
    void pagesOfOtherSitesAreTurnedAway() throws Exception {
        failed(server.get("/version", "Origin", "http://elsewhere.example"), 403, "Forbidden", "other sites");
        failed(server.get("/version", "Sec-Fetch-Site", "cross-site"), 403, "Forbidden", "other sites");
    }

    private static void failed(Answer answer, int status, String reason, String word) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
        assertThat(answer.text("/kind")).isEqualTo("Status");
        assertThat(answer.text("/apiVersion")).isEqualTo("v1");
        assertThat(answer.text("/status")).isEqualTo("Failure");
        assertThat(answer.text("/reason")).isEqualTo(reason);
        assertThat(answer.body().path("code").asInt()).isEqualTo(status);
        assertThat(answer.text("/message")).contains(word);
    }

    private static long version(Answer answer) {
        return Long.parseLong(answer.text("/metadata/resourceVersion"));
    }

    private static String rules(String namespace) {
        return "/apis/networking.istio.io/v1/namespaces/" + namespace + "/destinationrules";
    }

    private static String rule(String name, String host) {
        return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: " + name
                + "}\nspec: {host: " + host + "}\n";
    }

    private static String inNamespace(String rule, String namespace) {
        return rule.replace("metadata: {", "metadata: {namespace: " + namespace + ", ");
    }
}
