package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.fixture.RestServer;
import io.inmesh.server.fixture.RestServer.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists, tables, selectors and watches, as kubectl and informers use them. Each test has a namespace of its own. */
class ListAndWatchTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path data;

    private static RestServer server;

    @BeforeAll
    static void serve() throws Exception {
        server = new RestServer(data.resolve("data"));
        put("list", "a", "app: reviews, stage: test, everywhere: listed");
        put("list", "b", "app: ratings, stage: test");
        put("list", "c", "app: details");
        put("other", "a", "app: reviews, everywhere: listed");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "app=reviews | a",
                "app==reviews | a",
                "app!=reviews | b c",
                "app in (reviews,ratings) | a b",
                "app notin (reviews, ratings) | c",
                "stage | a b",
                "!stage | c",
                "stage!=test | c",
                "stage=test,app=ratings | b",
                "app=nobody | ''"
            })
    void labelSelectorsSelect(String selector, String names) throws Exception {
        assertThat(names(server.get(rules("list") + "?labelSelector=" + encoded(selector))))
                .isEqualTo(names);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {"metadata.name=a | a", "metadata.name!=a | b c", "metadata.namespace=other | ''"})
    void fieldSelectorsSelect(String selector, String names) throws Exception {
        assertThat(names(server.get(rules("list") + "?fieldSelector=" + encoded(selector))))
                .isEqualTo(names);
    }

    @ParameterizedTest
    @ValueSource(strings = {"labelSelector=a=b=c", "labelSelector=in (a)", "fieldSelector=spec.host=reviews"})
    void aSelectorThatCannotBeReadIsNoSelectorOfEverything(String query) throws Exception {
        int equals = query.indexOf('=') + 1;
        Answer answer = server.get(rules("list") + "?" + query.substring(0, equals) + encoded(query.substring(equals)));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("/reason")).isEqualTo("BadRequest");
    }

    @ParameterizedTest
    @CsvSource({
        "limit=x, 400",
        "resourceVersion=x, 400",
        "resourceVersionMatch=Newest, 400",
        "continue=abc, 410",
        "resourceVersionMatch=Exact&resourceVersion=1, 410",
        "resourceVersionMatch=NotOlderThan&resourceVersion=1, 200",
        "resourceVersionMatch=NotOlderThan&resourceVersion=999999, 504",
        "resourceVersionMatch=Exact&resourceVersion=999999, 504",
        "resourceVersion=999999, 504",
        "limit=1, 200"
    })
    void aListThatIsMeantToBeAnotherOneIsNotGiven(String query, int status) throws Exception {
        assertThat(server.get(rules("list") + "?" + query).status()).isEqualTo(status);
    }

    @Test
    void whoHasSeenMoreThanThisReplicaIsToldInTheWordsThatItsClientKnows() throws Exception {
        Answer answer = server.get(rules("list") + "?resourceVersion=999999");

        assertThat(answer.text("/reason")).isEqualTo("Timeout");
        assertThat(answer.text("/message")).startsWith("Too large resource version: 999999, current: ");
    }

    @Test
    void aListHasTheRevisionItIsOf() throws Exception {
        Answer answer = server.get(rules("list"));

        assertThat(answer.text("/kind")).isEqualTo("DestinationRuleList");
        assertThat(answer.text("/apiVersion")).isEqualTo("networking.istio.io/v1");
        assertThat(answer.body().at("/metadata/resourceVersion").asLong()).isGreaterThanOrEqualTo(4);
        assertThat(names(server.get("/apis/networking.istio.io/v1/destinationrules?labelSelector=everywhere%3Dlisted")))
                .isEqualTo("a a");
    }

    @Test
    void tablesHaveACellForEachColumn() throws Exception {
        Answer table = server.get(rules("list"), "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");

        assertThat(table.text("/kind")).isEqualTo("Table");
        assertThat(table.text("/apiVersion")).isEqualTo("meta.k8s.io/v1");
        int columns = table.body().path("columnDefinitions").size();
        assertThat(table.body().path("rows")).hasSize(3).allSatisfy(row -> {
            assertThat(row.path("cells")).hasSize(columns);
            assertThat(row.at("/object/metadata/name").asText())
                    .isEqualTo(row.at("/cells/0").asText());
        });
        assertThat(table.text("/columnDefinitions/0/name")).isEqualTo("Name");
        assertThat(table.text("/rows/0/cells/1")).isEqualTo("example");
        assertThat(server.get(rules("list") + "/a", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                        .body()
                        .path("rows"))
                .hasSize(1);
    }

    @Test
    void aWatchFromNowhereBeginsWithWhatIsThereAndGoesOn() throws Exception {
        put("watched", "first", "app: reviews");
        try (BufferedReader events = watch("watched", "")) {
            assertThat(next(events)).isEqualTo("ADDED first");
            put("watched", "second", "app: reviews");
            assertThat(next(events)).isEqualTo("ADDED second");
            put("unwatched", "third", "app: reviews");
            put("watched", "first", "app: ratings");
            assertThat(next(events)).isEqualTo("MODIFIED first");
            server.delete(rules("watched") + "/first");
            assertThat(next(events)).isEqualTo("DELETED first");
        }
    }

    @Test
    void aWatchFromAListMissesNothingBetween() throws Exception {
        String revision = server.get(rules("between")).text("/metadata/resourceVersion");
        put("between", "a", "app: reviews");
        put("between", "b", "app: reviews");
        try (BufferedReader events = watch("between", "&resourceVersion=" + revision)) {
            assertThat(next(events)).isEqualTo("ADDED a");
            assertThat(next(events)).isEqualTo("ADDED b");
        }
    }

    @Test
    void forAWatchWithSelectorAResourceIsGoneWhenItsLabelsFitNoLonger() throws Exception {
        try (BufferedReader events = watch("labels", "&labelSelector=app%3Dreviews")) {
            put("labels", "other", "app: ratings");
            put("labels", "mine", "app: reviews");
            assertThat(next(events)).isEqualTo("ADDED mine");
            put("labels", "mine", "app: ratings");
            assertThat(next(events)).isEqualTo("DELETED mine");
            put("labels", "mine", "app: reviews");
            assertThat(next(events)).isEqualTo("ADDED mine");
        }
    }

    @Test
    void aWatchEndsWhenItsTimeIsUp() throws Exception {
        try (BufferedReader events = watch("timeout", "&timeoutSeconds=0")) {
            assertThat(events.readLine()).isNull();
        }
    }

    @Test
    void aWatchThatCannotBeServedIsRefusedRatherThanEmpty() throws Exception {
        assertThat(server.get(rules("x") + "?watch=true&resourceVersion=old").status())
                .isEqualTo(400);
        assertThat(server.get(rules("x") + "?watch=true&fieldSelector=spec.host%3Dx")
                        .status())
                .isEqualTo(400);
        assertThat(server.get(rules("x") + "?watch=true&sendInitialEvents=true").status())
                .isEqualTo(422);
    }

    @Test
    void kindsThatAreNotStoredHaveEmptyWatches() throws Exception {
        try (BufferedReader events = reader("/apis/apps/v1/deployments?watch=true&timeoutSeconds=0")) {
            assertThat(events.readLine()).isNull();
        }
    }

    private static BufferedReader watch(String namespace, String query) throws Exception {
        return reader(rules(namespace) + "?watch=true" + query);
    }

    private static BufferedReader reader(String path) throws Exception {
        return new BufferedReader(new InputStreamReader(server.stream(path), StandardCharsets.UTF_8));
    }

    private static String next(BufferedReader events) throws IOException {
        JsonNode event = JSON.readTree(String.valueOf(events.readLine()));
        return event.path("type").asText() + " "
                + event.at("/object/metadata/name").asText();
    }

    private static String names(Answer list) {
        assertThat(list.status()).as(list.body().toString()).isEqualTo(200);
        StringBuilder names = new StringBuilder();
        list.body()
                .path("items")
                .forEach(item -> names.append(names.isEmpty() ? "" : " ")
                        .append(item.at("/metadata/name").asText()));
        return names.toString();
    }

    private static void put(String namespace, String name, String labels) throws Exception {
        Answer answer = server.send(
                "PATCH", rules(namespace) + "/" + name, "application/apply-patch+yaml", """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s, labels: {%s}}
                spec: {host: example}
                """.formatted(name, labels));
        assertThat(answer.status()).as(answer.body().toString()).isIn(200, 201);
    }

    private static String encoded(String text) {
        return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String rules(String namespace) {
        return "/apis/networking.istio.io/v1/namespaces/" + namespace + "/destinationrules";
    }
}
