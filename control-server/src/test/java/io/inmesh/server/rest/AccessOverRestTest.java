package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.SecuredServer;
import io.inmesh.server.fixture.SecuredServer.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what over the socket: nobody, and somebody of each role. */
class AccessOverRestTest {

    private static final String SHOP_RULES = "/apis/networking.istio.io/v1/namespaces/shop/destinationrules";
    private static final String BANK_RULES = "/apis/networking.istio.io/v1/namespaces/bank/destinationrules";
    private static final String TOKEN_REQUEST = "/api/v1/namespaces/shop/serviceaccounts/till/token";

    @TempDir
    private static Path folder;

    private static SecuredServer server;
    private static String viewer;
    private static String editor;
    private static String shopAdmin;

    @BeforeAll
    static void serve() throws Exception {
        server = new SecuredServer(
                folder,
                "",
                List.of(
                        "{token: looker, role: viewer, namespaces: [shop]}",
                        "{token: deployer, role: editor, namespaces: [shop]}",
                        "{token: boss, role: admin, namespaces: [shop]}"));
        viewer = server.token("looker");
        editor = server.token("deployer");
        shopAdmin = server.token("boss");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Every kind of thing that can be asked of the server; none of it happens without credentials. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GET    | /apis/networking.istio.io/v1/destinationrules
                    GET    | /apis/networking.istio.io/v1/destinationrules?watch=true
                    GET    | /apis/networking.istio.io/v1/namespaces/shop/destinationrules
                    GET    | /apis/networking.istio.io/v1/namespaces/shop/destinationrules/till
                    POST   | /apis/networking.istio.io/v1/namespaces/shop/destinationrules
                    PUT    | /apis/networking.istio.io/v1/namespaces/shop/destinationrules/till
                    PATCH  | /apis/networking.istio.io/v1/namespaces/shop/destinationrules/till
                    DELETE | /apis/networking.istio.io/v1/namespaces/shop/destinationrules/till
                    DELETE | /apis/networking.istio.io/v1/namespaces/shop/destinationrules
                    GET    | /api/v1/namespaces
                    GET    | /api/v1/namespaces/shop
                    POST   | /api/v1/namespaces
                    POST   | /api/v1/namespaces/shop/serviceaccounts/till/token
                    GET    | /api
                    GET    | /apis
                    GET    | /version
                    GET    | /openapi/v2
                    GET    | /metrics
                    POST   | /inmesh/v1/login/links
                    POST   | /inmesh/v1/apply
                    GET    | /inmesh/v1/rollouts
                    GET    | /inmesh/v1/rollouts/shop/till
                    POST   | /inmesh/v1/rollouts/shop/till/promote
                    GET    | /inmesh/v1/drains
                    POST   | /inmesh/v1/drains
                    DELETE | /inmesh/v1/drains
                    GET    | /inmesh/v1/csds
                    GET    | /inmesh/v1/inspect
                    POST   | /inmesh/v1/inspect
                    POST   | /inmesh/v1/live/tap
                    POST   | /inmesh/v1/live/find
                    POST   | /inmesh/v1/live/log
                    GET    | /inmesh/v1/live/belief
                    POST   | /inmesh/v1/delete
                    POST   | /inmesh/v1/diff
                    GET    | /inmesh/v1/history
                    POST   | /inmesh/v1/rollback
                    GET    | /inmesh/v1/graph
                    GET    | /inmesh/v1/graph/series
                    GET    | /inmesh/v1/graph/routes
                    GET    | /inmesh/v1/traffic
                    GET    | /inmesh/v1/check/mtls
                    GET    | /inmesh/v1/ca
                    GET    | /inmesh/v1/ca/roots
                    GET    | /inmesh/v1/ca/denied
                    POST   | /inmesh/v1/ca/denied
                    DELETE | /inmesh/v1/ca/denied
                    GET    | /inmesh/v1/ca/federation
                    GET    | /inmesh/v1/analyze
                    GET    | /inmesh/v1/status
                    POST   | /inmesh/v1/explain
                    POST   | /inmesh/v1/certificates
                    GET    | /inmesh/v1/users
                    POST   | /inmesh/v1/users
                    DELETE | /inmesh/v1/users/root
                    PUT    | /inmesh/v1/users/root/password
                    GET    | /inmesh/v1/tokens
                    POST   | /inmesh/v1/tokens
                    DELETE | /inmesh/v1/tokens/x
                    GET    | /inmesh/v1/ca/tokens
                    DELETE | /inmesh/v1/ca/tokens
                    GET    | /inmesh/v1/session
                    GET    | /inmesh/v1/audit
                    POST   | /apis/authorization.k8s.io/v1/selfsubjectaccessreviews
                    GET    | /no/such/path
                    OPTIONS| /api
                    TRACE  | /api
                    """)
    void nobodyGetsNothing(String method, String path) throws Exception {
        Answer answer = server.send(null, method, path, List.of("GET", "DELETE").contains(method) ? null : "{}");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.text("/reason")).isEqualTo("Unauthorized");
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));
    }

    @Test
    void instancesAreDrainedByEditorsOfTheirNamespaceOnly() throws Exception {
        String path = "/inmesh/v1/drains";
        String body = "{\"namespace\": \"shop\", \"instance\": \"till-1\"}";
        String ending = path + "?namespace=shop&instance=till-1";
        assertThat(server.send(viewer, "POST", path, body).status()).isEqualTo(403);
        assertThat(server.send(viewer, "DELETE", ending, null).status()).isEqualTo(403);
        assertThat(server.send(editor, "POST", path, body).status())
                .as("there is none")
                .isEqualTo(422);
        assertThat(server.send(editor, "DELETE", ending, null).status()).isEqualTo(404);
        assertThat(server.send(editor, "POST", path, body.replace("shop", "bank"))
                        .status())
                .isEqualTo(403);
        assertThat(server.get(viewer, path + "?namespace=shop").status()).isEqualTo(200);
        assertThat(server.get(viewer, path).status()).isEqualTo(403);
    }

    @Test
    void runningProcessesAreWatchedByEditorsAndTheirLogLevelsChangedByAdminsOfTheirNamespace() throws Exception {
        String body = "{\"namespace\": \"shop\", \"target\": \"till\", \"requestId\": \"1\"}";
        assertThat(server.send(viewer, "POST", "/inmesh/v1/live/tap", body).status())
                .isEqualTo(403);
        assertThat(server.send(editor, "POST", "/inmesh/v1/live/tap", body).status())
                .as("there is none")
                .isEqualTo(404);
        assertThat(server.send(viewer, "POST", "/inmesh/v1/live/find", body).status())
                .isEqualTo(403);
        assertThat(server.send(editor, "POST", "/inmesh/v1/live/find", body).status())
                .isEqualTo(200);
        assertThat(server.send(editor, "POST", "/inmesh/v1/live/find", "{\"requestId\": \"1\"}")
                        .status())
                .as("all namespaces")
                .isEqualTo(403);
        assertThat(server.send(editor, "POST", "/inmesh/v1/live/log", body).status())
                .isEqualTo(403);
        assertThat(server.send(shopAdmin, "POST", "/inmesh/v1/live/log", body).status())
                .as("there is none")
                .isEqualTo(404);
    }

    @Test
    void whatAProcessHasIsShownToViewersAndWithEverySecretToAdminsOnly() throws Exception {
        String process = "?namespace=shop&process=till";
        assertThat(server.get(viewer, "/inmesh/v1/inspect" + process).status())
                .as("there is none")
                .isEqualTo(404);
        forbidden(server.get(editor, "/inmesh/v1/csds" + process), "role admin");
        assertThat(server.get(shopAdmin, "/inmesh/v1/csds" + process).status()).isEqualTo(404);
        forbidden(server.get(shopAdmin, "/inmesh/v1/csds?namespace=bank&process=till"), "role admin");
    }

    @ParameterizedTest
    @CsvSource({"pause", "resume", "promote", "abort", "retry"})
    void aRolloutIsToldByEditorsOfItsNamespaceOnly(String word) throws Exception {
        String path = "/inmesh/v1/rollouts/shop/till/" + word;
        assertThat(server.send(viewer, "POST", path, "{}").status()).isEqualTo(403);
        assertThat(server.send(editor, "POST", path, "{}").status())
                .as("there is none")
                .isEqualTo(404);
        assertThat(server.send(editor, "POST", path.replace("shop", "bank"), "{}")
                        .status())
                .isEqualTo(403);
        assertThat(server.get(viewer, "/inmesh/v1/rollouts?namespace=shop").status())
                .isEqualTo(200);
        assertThat(server.get(viewer, "/inmesh/v1/rollouts").status()).isEqualTo(403);
        assertThat(server.get(viewer, "/inmesh/v1/rollouts/bank/till").status()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"/healthz", "/livez", "/readyz"})
    void healthIsForAnybody(String path) throws Exception {
        assertThat(server.get(null, path).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "not a token",
        "inmesh-service.x.y",
        "inmesh-session.x",
        "inmesh-service.",
        "eyJhbGciOiJub25lIn0.e30.",
        "''"
    })
    void aWrongTokenIsRefusedEvenWhereNoneIsNeeded(String token) throws Exception {
        assertThat(server.get(token, "/version").status()).isEqualTo(401);
        assertThat(server.get(token, "/healthz").status()).isEqualTo(401);
    }

    @Test
    void aViewerReadsItsNamespaceAndNoOther() throws Exception {
        assertThat(server.get(viewer, SHOP_RULES).status()).isEqualTo(200);
        assertThat(server.get(viewer, "/api/v1/namespaces/shop").status()).isEqualTo(200);
        assertThat(server.get(viewer, "/inmesh/v1/status?namespace=shop").status())
                .isEqualTo(200);
        assertThat(server.post(viewer, "/inmesh/v1/explain", "{\"namespace\":\"shop\",\"authority\":\"a:80\"}")
                        .status())
                .isEqualTo(200);

        forbidden(server.get(viewer, BANK_RULES), "cannot list resource \"destinationrules\"");
        forbidden(server.get(viewer, "/inmesh/v1/status"), "all namespaces");
        forbidden(server.get(viewer, "/inmesh/v1/status?namespace=bank"), "role viewer");
        forbidden(server.get(viewer, "/metrics"), "cannot get path \"/metrics\"");
        forbidden(
                server.post(viewer, "/inmesh/v1/explain", "{\"namespace\":\"bank\",\"authority\":\"a:80\"}"),
                "role viewer");
    }

    @Test
    void listsAndWatchesOfAllNamespacesAreRefusedWhoMaySeeSomeOnly() throws Exception {
        forbidden(server.get(viewer, "/apis/networking.istio.io/v1/destinationrules"), "at the cluster scope");
        forbidden(server.get(viewer, "/apis/networking.istio.io/v1/destinationrules?watch=1"), "cannot watch");
        Answer everywhere = server.get(server.root(), "/apis/networking.istio.io/v1/destinationrules");
        assertThat(everywhere.status()).as(everywhere.body().toString()).isEqualTo(200);
    }

    @Test
    void aViewerChangesNothing() throws Exception {
        forbidden(server.post(viewer, SHOP_RULES, rule("shop", "no")), "cannot create resource");
        forbidden(server.send(viewer, "PUT", SHOP_RULES + "/no", rule("shop", "no")), "cannot update");
        forbidden(server.send(viewer, "PATCH", SHOP_RULES + "/no", "{}"), "cannot patch");
        forbidden(server.send(viewer, "DELETE", SHOP_RULES + "/no", null), "cannot delete");
        forbidden(server.send(viewer, "DELETE", SHOP_RULES, null), "cannot deletecollection");
        forbidden(server.post(viewer, "/inmesh/v1/apply", rule("shop", "no")), "role editor");
        forbidden(server.post(viewer, "/inmesh/v1/apply?dryRun=true", rule("shop", "no")), "role editor");
        forbidden(server.post(viewer, "/inmesh/v1/delete", rule("shop", "no")), "cannot delete");
    }

    @Test
    void whatWasAndWouldBeAndTheWayBackAreOfTheNamespaceToo() throws Exception {
        assertThat(server.post(editor, SHOP_RULES, rule("shop", "past")).status())
                .isEqualTo(201);
        String past = "/inmesh/v1/history?kind=destinationrule&name=past&namespace=";
        assertThat(server.get(viewer, past + "shop").status()).isEqualTo(200);
        forbidden(server.get(viewer, past + "bank"), "\"bank\"");
        forbidden(server.get(viewer, past), "\"default\"");
        assertThat(server.post(viewer, "/inmesh/v1/diff", rule("shop", "new")).status())
                .isEqualTo(200);
        forbidden(server.post(viewer, "/inmesh/v1/diff", rule("bank", "new")), "\"bank\"");
        String back = "{\"kind\":\"destinationrule\",\"name\":\"past\",\"namespace\":\"%s\"}";
        forbidden(server.post(viewer, "/inmesh/v1/rollback", back.formatted("shop")), "role editor");
        forbidden(server.post(editor, "/inmesh/v1/rollback", back.formatted("bank")), "\"bank\"");
        assertThat(server.post(editor, "/inmesh/v1/rollback", back.formatted("shop"))
                        .text("/message"))
                .contains("an earlier version");
    }

    @Test
    void theGraphIsOfTheNamespaceThatIsViewed() throws Exception {
        for (String path : List.of("graph?", "graph/series?node=x&", "graph/routes?service=x&", "check/mtls?")) {
            assertThat(server.get(viewer, "/inmesh/v1/" + path + "namespace=shop")
                            .status())
                    .isEqualTo(200);
            forbidden(server.get(viewer, "/inmesh/v1/" + path + "namespace=bank"), "role viewer");
            forbidden(server.get(viewer, "/inmesh/v1/" + path), "all namespaces");
        }
        forbidden(server.get(viewer, "/inmesh/v1/traffic?namespace=shop"), "all namespaces");
    }

    @Test
    void anEditorChangesItsNamespaceAndNoOther() throws Exception {
        assertThat(server.post(editor, SHOP_RULES, rule("shop", "till")).status())
                .isEqualTo(201);
        assertThat(server.send(editor, "PATCH", SHOP_RULES + "/till", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                        .status())
                .isEqualTo(200);
        assertThat(server.send(editor, "DELETE", SHOP_RULES + "/till", null).status())
                .isEqualTo(200);

        forbidden(server.post(editor, BANK_RULES, rule("bank", "vault")), "in the namespace \"bank\"");
        forbidden(server.post(editor, TOKEN_REQUEST, "{}"), "serviceaccounts/token");
        forbidden(server.post(editor, "/inmesh/v1/certificates", "{\"namespace\":\"shop\"}"), "role admin");
    }

    @Test
    void aBodyCannotLeadIntoAnotherNamespaceThanItsPath() throws Exception {
        assertThat(server.post(editor, SHOP_RULES, rule("bank", "vault")).status())
                .isEqualTo(400);
        forbidden(
                server.post(editor, "/apis/networking.istio.io/v1/destinationrules", rule("shop", "till")),
                "at the cluster scope");
        assertThat(server.get(server.root(), BANK_RULES + "/vault").status()).isEqualTo(404);
    }

    @Test
    void aFileIsAppliedOnlyIfEachOfItsDocumentsMay() throws Exception {
        String both = "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[" + rule("shop", "one") + ","
                + rule("bank", "two") + "]}";

        forbidden(server.post(editor, "/inmesh/v1/apply", both), "in the namespace \"bank\"");
        assertThat(server.get(editor, SHOP_RULES + "/one").status()).isEqualTo(404);
        forbidden(
                server.post(
                        editor,
                        "/inmesh/v1/apply?namespace=bank",
                        "{\"kind\":\"List\",\"items\":[" + rule("shop", "one")
                                + ",{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"x\"}}]}"),
                "\"bank\"");

        assertThat(server.post(editor, "/inmesh/v1/apply", rule("shop", "one")).status())
                .isEqualTo(200);
        forbidden(server.post(editor, "/inmesh/v1/delete", both), "in the namespace \"bank\"");
        assertThat(server.get(editor, SHOP_RULES + "/one").status()).isEqualTo(200);
    }

    @Test
    void anAdminOfANamespaceMakesJoinTokensThereButNoUsers() throws Exception {
        assertThat(server.post(shopAdmin, TOKEN_REQUEST, "{}").status()).isEqualTo(201);

        forbidden(server.post(shopAdmin, TOKEN_REQUEST.replace("shop", "bank"), "{}"), "\"bank\"");
        forbidden(server.get(shopAdmin, "/inmesh/v1/users"), "all namespaces");
        forbidden(server.get(shopAdmin, "/inmesh/v1/tokens"), "all namespaces");
        forbidden(server.post(shopAdmin, "/inmesh/v1/tokens", "{\"name\":\"x\"}"), "all namespaces");
        forbidden(server.get(shopAdmin, "/no/such/path"), "role admin");
    }

    @Test
    void whatIsForbiddenIsForbiddenBeforeItIsLookedUp() throws Exception {
        forbidden(server.get(viewer, BANK_RULES + "/nobody"), "destinationrules.networking.istio.io \"nobody\"");
        Answer answer = server.get(viewer, BANK_RULES + "/nobody");
        assertThat(answer.text("/kind")).isEqualTo("Status");
        assertThat(answer.text("/details/group")).isEqualTo("networking.istio.io");
        assertThat(answer.text("/details/kind")).isEqualTo("destinationrules");
        assertThat(answer.text("/details/name")).isEqualTo("nobody");
    }

    @ParameterizedTest
    @CsvSource({
        "get,    shop, destinationrules,, true",
        "list,   bank, destinationrules,, false",
        "create, shop, destinationrules,, true",
        "list,   '',   destinationrules,, false",
        "create, shop, serviceaccounts, token, false",
        "*,      *,    *,, false",
        "bind,   shop, destinationrules,, false"
    })
    void kubectlAuthCanIIsAnsweredByTheSameTable(
            String verb, String namespace, String resource, String subresource, boolean allowed) throws Exception {
        boolean core = resource.equals("serviceaccounts");
        Answer answer = server.post(
                editor,
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "{\"kind\":\"SelfSubjectAccessReview\",\"spec\":{\"resourceAttributes\":{\"verb\":\"" + verb
                        + "\",\"namespace\":\"" + namespace + "\",\"group\":\"" + (core ? "" : "networking.istio.io")
                        + "\",\"resource\":\"" + resource + "\",\"subresource\":\""
                        + (subresource == null ? "" : subresource) + "\"}}}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body().at("/status/allowed").asBoolean()).isEqualTo(allowed);
    }

    @Test
    void everybodyCanAskWhoTheyAre() throws Exception {
        Answer session = server.get(editor, "/inmesh/v1/session");
        assertThat(session.text("/name")).isEqualTo("token:deployer");
        assertThat(session.text("/roles/shop")).isEqualTo("editor");

        Answer who = server.post(editor, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
        assertThat(who.text("/status/userInfo/username")).isEqualTo("token:deployer");
    }

    @Test
    void answersTellBrowsersToTrustNothing() throws Exception {
        var headers = server.get(viewer, SHOP_RULES).headers();

        assertThat(headers.firstValue("Content-Security-Policy"))
                .hasValue("default-src 'none'; frame-ancestors 'none'");
        assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
        assertThat(headers.firstValue("Referrer-Policy")).hasValue("no-referrer");
        assertThat(headers.firstValue("Server")).isEmpty();
    }

    @Test
    void aBrowserSessionNeedsItsTokenForChanges() throws Exception {
        Answer login = server.answer(HttpRequest.newBuilder(server.uri("/inmesh/v1/login"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"username\":\"root\",\"password\":\"" + SecuredServer.ROOT_PASSWORD
                        + "\",\"cookie\":true}")));
        assertThat(login.status()).isEqualTo(200);
        assertThat(login.body().has("token")).isFalse();
        String set = login.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(set)
                .contains("HttpOnly", "Secure", "SameSite=Strict", "Path=/")
                .doesNotContain("Domain");
        String cookie = set.substring(0, set.indexOf(';'));

        assertThat(withCookie(cookie, "GET", SHOP_RULES, "").status()).isEqualTo(200);
        assertThat(withCookie(cookie, "POST", SHOP_RULES, rule("shop", "csrf")).text("/message"))
                .contains(Entry.CSRF_HEADER);
        assertThat(withCookie(cookie, "POST", SHOP_RULES, rule("shop", "csrf"), Entry.CSRF_HEADER, "guessed")
                        .status())
                .isEqualTo(403);
        String csrf = login.text("/csrf");
        assertThat(withCookie(cookie, "POST", SHOP_RULES, rule("shop", "csrf"), Entry.CSRF_HEADER, csrf)
                        .status())
                .isEqualTo(201);
        assertThat(withCookie(
                                cookie,
                                "DELETE",
                                SHOP_RULES + "/csrf",
                                "",
                                Entry.CSRF_HEADER,
                                csrf,
                                "Origin",
                                "https://evil.example")
                        .status())
                .isEqualTo(403);
        assertThat(withCookie(cookie, "POST", "/inmesh/v1/logout", "{}", Entry.CSRF_HEADER, csrf)
                        .status())
                .isEqualTo(200);
        assertThat(withCookie(cookie, "GET", SHOP_RULES, "").status()).isEqualTo(401);
    }

    private static Answer withCookie(String cookie, String method, String path, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path))
                .header("Cookie", cookie)
                .header("Content-Type", "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.answer(request.method(method, BodyPublishers.ofString(body)));
    }

    private static void forbidden(Answer answer, String text) {
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text("/reason")).isEqualTo("Forbidden");
        assertThat(answer.text("/message")).contains("forbidden").contains(text);
    }

    private static String rule(String namespace, String name) {
        return "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"DestinationRule\",\"metadata\":{\"name\":\""
                + name + "\",\"namespace\":\"" + namespace + "\"},\"spec\":{\"host\":\"" + name + "\"}}";
    }
}
