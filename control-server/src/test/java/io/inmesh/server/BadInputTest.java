package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.fixture.RestServer;
import io.inmesh.server.fixture.RestServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input is refused with resource, field and remedy, and nothing of it is stored. */
class BadInputTest {

    private static final String RULE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: bad}
            spec:
              hosts: [reviews]
              http: [%s]
            """;
    private static final String GOOD = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: good}
            spec: {host: ratings}
            """;

    @TempDir
    private static Path data;

    private static RestServer server;

    @BeforeAll
    static void serve() throws Exception {
        server = new RestServer(data.resolve("data"));
        // A subset can be unknown only where its service is known.
        Answer known = server.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: reviews}
                spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: reviews}
                spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}]}
                """);
        assertThat(known.status()).as(known.body().toString()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "unknown field | {rout: []} | spec.http[0].rout | no such field | did you mean \"route\"?",
                "wrong type | {route: [{destination: {host: reviews}, weight: ten}]}"
                        + " | spec.http[0].route[0].weight | not \"ten\" | write a whole number",
                "number for a text | {name: 5, route: [{destination: {host: reviews}}]}"
                        + " | spec.http[0].name | not 5 | write it in quotes: \"5\"",
                "bad duration | {timeout: 5, route: [{destination: {host: reviews}}]}"
                        + " | spec.http[0].timeout | not 5 | write a duration such as 250ms",
                "missing field | {route: [{destination: {subset: v1}}]}"
                        + " | spec.http[0].route[0].destination.host | missing | add it",
                "unknown subset | {route: [{destination: {host: reviews, subset: v9}}]}"
                        + " | spec.http[0].route[0].destination.subset | v9 | ",
                "weights of zero | {route: [{destination: {host: reviews}, weight: 0}, {destination: {host: reviews, subset: v1}, weight: 0}]}"
                        + " | spec.http[0].route | zero | ",
                "bad expression | {match: [{uri: {regex: '('}}], route: [{destination: {host: reviews}}]}"
                        + " | spec.http[0].match[0].uri.regex | ( | ",
                "bad port | {route: [{destination: {host: reviews, port: {number: 70000}}}]}"
                        + " | spec.http[0].route[0].destination.port.number | 70000 | from 1 to 65535"
            })
    void aMistakeInARouteNamesFieldAndRemedy(String what, String route, String field, String message, String remedy)
            throws Exception {
        JsonNode problem = refused(RULE.formatted(route));

        assertThat(problem.path("resource").asText()).isEqualTo("VirtualService default/bad");
        assertThat(problem.path("field").asText()).isEqualTo(field);
        assertThat(problem.path("message").asText()).contains(message);
        assertThat(problem.path("remedy").asText()).contains(remedy == null ? "" : remedy);
        assertThat(problem.path("line").asInt()).as(what).isEqualTo(6);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "misspelt kind | networking.istio.io/v1 | VirtualServise | kind | there are Service,",
                "misspelt core kind | v1 | Servise | kind | there are Service,",
                "kind in small letters | v1 | service | kind | did you mean kind: Service?",
                "plural for kind | v1 | services | kind | did you mean kind: Service?",
                "wrong group | networking.istio.io/v1 | Service | kind | write apiVersion: v1",
                "wrong version | networking.istio.io/v7 | VirtualService | kind | write apiVersion: networking.istio.io/v1",
                "no kind | v1 | '' | kind | say what this document is"
            })
    void anUnknownKindIsNamedWithTheOnesThereAre(
            String what, String apiVersion, String kind, String field, String remedy) throws Exception {
        JsonNode problem =
                refused("apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: bad}\nspec: {}\n");

        assertThat(problem.path("field").asText()).as(what).isEqualTo(field);
        assertThat(problem.path("resource").asText()).contains("default/bad");
        assertThat(problem.path("remedy").asText()).contains(remedy);
    }

    @Test
    void aHostTwiceIsAMistake() throws Exception {
        JsonNode problem = refused(RULE.formatted("{route: [{destination: {host: reviews}}]}")
                .replace("[reviews]", "[reviews, reviews.default.svc.cluster.local]"));

        assertThat(problem.path("field").asText()).isEqualTo("spec.hosts[1]");
        assertThat(problem.path("message").asText()).contains("twice");
        assertThat(problem.path("remedy").asText()).isNotEmpty();
    }

    @Test
    void aResourceTwiceInOneFileIsAMistake() throws Exception {
        JsonNode problem = refused(GOOD + "---\n" + GOOD);

        assertThat(problem.path("field").asText()).isEqualTo("metadata.name");
        assertThat(problem.path("message").asText()).contains("twice");
    }

    @Test
    void oneBadDocumentKeepsTheGoodOnesOut() throws Exception {
        JsonNode problem = refused(GOOD + "---\n" + RULE.formatted("{rout: []}"));

        assertThat(problem.path("document").asInt()).isEqualTo(2);
        assertThat(server.get("/apis/networking.istio.io/v1/namespaces/default/destinationrules/good")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void brokenYamlIsRefusedWithDocumentLineAndColumn() throws Exception {
        long before = server.revision();
        Answer answer = server.apply(GOOD + "---\napiVersion: v1\nkind: [Service\n");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/message"))
                .contains("document 2, line 8, column")
                .contains("not valid YAML");
        assertThat(server.revision()).isEqualTo(before);
    }

    @Test
    void whatIsFarTooLargeIsRefusedBeforeItIsRead() throws Exception {
        long before = server.revision();
        String answer = server.answerToHead(
                "POST /inmesh/v1/apply HTTP/1.1", "Content-Type: application/yaml", "Content-Length: " + (1 << 30));

        assertThat(answer)
                .startsWith("HTTP/1.1 413 ")
                .contains("RequestEntityTooLarge")
                .contains("1048576 bytes; apply it in parts");
        assertThat(server.revision()).isEqualTo(before);
    }

    @Test
    void aMissingServiceIsAWarningBecauseItMayComeLater() throws Exception {
        Answer answer = server.post("/inmesh/v1/apply?dryRun=true", GOOD);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("/problems/0/severity")).isEqualTo("WARNING");
        assertThat(answer.text("/problems/0/message")).contains("ratings");
    }

    private static JsonNode refused(String yaml) throws Exception {
        long before = server.revision();
        Answer answer = server.apply(yaml);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(422);
        assertThat(answer.body().path("actions")).isEmpty();
        assertThat(server.revision()).isEqualTo(before);
        for (JsonNode problem : answer.body().path("problems")) {
            if (problem.path("severity").asText().equals("ERROR")) {
                assertThat(problem.path("remedy").asText()).isNotBlank();
                assertThat(problem.path("code").asText()).matches("IM\\d{4}");
                return problem;
            }
        }
        throw new AssertionError("refused without an error: " + answer.body());
    }
}
