package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.fixture.SecuredServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the audit log of a whole server tells of changes and refusals. */
class ChangeAuditTest {

    private static final String RULES = "/apis/networking.istio.io/v1/namespaces/shop/destinationrules";

    @TempDir
    private Path folder;

    private SecuredServer server;

    @BeforeEach
    void serve() throws Exception {
        server = new SecuredServer(folder, "", List.of("{token: looker, role: viewer, namespaces: [shop]}"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aChangeIsRecordedWithItsAuthorAndEachFieldThatDiffers() throws Exception {
        server.post(server.root(), RULES, rule("till", "till"));
        server.send(server.root(), "PUT", RULES + "/till", rule("till", "cash"));
        server.post(server.root(), "/inmesh/v1/delete", rule("till", "cash"));

        List<JsonNode> changes = entries("config-changed");
        assertThat(changes).hasSize(3);
        assertThat(changes).allSatisfy(change -> {
            assertThat(change.path("actor").asText()).isEqualTo("root");
            assertThat(fact(change, "proof")).isEqualTo("session");
            assertThat(fact(change, "address")).isEqualTo("127.0.0.1");
        });
        assertThat(fact(changes.get(0), "resources")).isEqualTo("created DestinationRule shop/till");
        assertThat(fact(changes.get(0), "diff")).startsWith("+ {").contains("\"host\":\"till\"");
        assertThat(fact(changes.get(1), "diff")).isEqualTo("~ spec.host: \"till\" -> \"cash\"\n");
        assertThat(fact(changes.get(2), "resources")).isEqualTo("deleted DestinationRule shop/till");
        assertThat(fact(changes.get(2), "diff")).startsWith("- {");
    }

    @Test
    void aFileIsOneEntryAndNoEntryIsTooLarge() throws Exception {
        List<String> rules = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rules.add(rule("rule-" + i, "host-" + i));
        }
        String list = "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":" + rules + "}";
        assertThat(server.post(server.root(), "/inmesh/v1/apply?namespace=shop", list)
                        .status())
                .isEqualTo(200);

        List<JsonNode> changes = entries("config-changed");
        assertThat(changes).hasSize(1);
        assertThat(fact(changes.get(0), "changed")).isEqualTo("300");
        assertThat(fact(changes.get(0), "diff")).contains("resources more").hasSizeLessThan(8192);
    }

    @Test
    void whatChangesNothingIsNotRecorded() throws Exception {
        server.post(server.root(), "/inmesh/v1/apply?namespace=shop", rule("till", "till"));
        server.post(server.root(), "/inmesh/v1/apply?namespace=shop", rule("till", "till"));
        server.post(server.root(), "/inmesh/v1/apply?namespace=shop&dryRun=true", rule("till", "other"));
        server.post(server.root(), "/inmesh/v1/apply?namespace=shop", "{\"kind\":\"Nonsense\"}");

        assertThat(entries("config-changed")).hasSize(1);
    }

    @Test
    void refusalsAreRecordedUntilThereAreTooManyOfThem() throws Exception {
        String looker = server.token("looker");
        server.post(looker, RULES, rule("no", "no"));
        for (int i = 0; i < AccessAudit.REFUSALS_A_MINUTE * 3; i++) {
            server.get("wrong", "/version");
        }

        JsonNode forbidden = entries("request-forbidden").get(0);
        assertThat(forbidden.path("actor").asText()).isEqualTo("token:looker");
        assertThat(fact(forbidden, "request")).isEqualTo("POST " + RULES);
        assertThat(entries("request-unauthenticated")).hasSizeBetween(1, AccessAudit.REFUSALS_A_MINUTE);
        assertThat(server.get(server.root(), "/version").status()).isEqualTo(200);
    }

    @Test
    void loginsAreRecordedButNeverASecret() throws Exception {
        server.login("root", "not the password");
        server.login("a password typed into the wrong field", "x");
        server.post(
                server.root(),
                "/inmesh/v1/users",
                "{\"name\":\"ann\",\"password\":\"nobody knows this\",\"groups\":[\"sre\"]}");

        assertThat(entries("login")).hasSize(1);
        assertThat(entries("login-refused"))
                .extracting(entry -> fact(entry, "user"))
                .containsExactly("root", "(no user)");
        assertThat(fact(entries("user-added").get(0), "groups")).isEqualTo("sre");
        String all = server.get(server.root(), "/inmesh/v1/audit").body().toString();
        assertThat(all)
                .doesNotContain("not the password", "wrong field", "nobody knows this", SecuredServer.ROOT_PASSWORD);
    }

    private List<JsonNode> entries(String event) throws Exception {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode entry :
                server.get(server.root(), "/inmesh/v1/audit").body().path("entries")) {
            if (entry.path("event").asText().equals(event)) {
                found.add(entry);
            }
        }
        return found;
    }

    private static String fact(JsonNode entry, String name) {
        return entry.path("facts").path(name).asText();
    }

    private static String rule(String name, String host) {
        return "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"DestinationRule\",\"metadata\":{\"name\":\""
                + name + "\",\"namespace\":\"shop\"},\"spec\":{\"host\":\"" + host + "\"}}";
    }
}
