package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.Condition;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.JwtRuleConfig.ClaimHeader;
import io.inmesh.config.JwtRuleConfig.Locations;
import io.inmesh.config.StringMatch;
import io.inmesh.testkit.TestIssuer;
import io.inmesh.token.VerifiedToken;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests with tokens, on real servers: what is refused, and what the application sees of the rest. */
class TokenTest {

    private static final TestIssuer ISSUER = TestIssuer.of("https://issuer.example");
    private static final JwtRuleConfig RULE = new JwtRuleConfig(
            ISSUER.name(),
            List.of(),
            ISSUER.keys(),
            new Locations(Locations.DEFAULT.headers(), Locations.DEFAULT.params(), List.of("session")),
            false,
            "x-payload",
            List.of(new ClaimHeader("x-user", "sub")),
            List.of());

    private final Application application = new Application()
            .on("/see", (request, response) -> response.getWriter().print(seen(request)))
            .on("/again", (request, response) -> request.startAsync().dispatch("/see"))
            .on(
                    "/forward",
                    (request, response) -> request.getRequestDispatcher("/see").forward(request, response));

    @ParameterizedTest
    @EnumSource
    void tokenThatIsNotValidIs401AndSaysNoMore(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            service.ask(List.of(RULE));
            RawClient.Reply reply = service.client().get("/see", "Authorization: Bearer a.b.c");
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.text()).contains("WWW-Authenticate: Bearer error=\"invalid_token\"");
            assertThat(reply.body()).isEqualTo("mesh: invalid_token\n");
            assertThat(service.ends.next()).contains("INVALID_TOKEN");
        }
    }

    @ParameterizedTest
    @EnumSource
    void verifiedTokenIsHiddenAndItsClaimsAreShownInEveryDispatch(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            service.ask(List.of(RULE));
            String token = ISSUER.token("alice");
            for (String path : List.of("/see", "/again", "/forward")) {
                String body = service.client()
                        .get(path, "Authorization: Bearer " + token, "X-User: admin", "x-payload: forged")
                        .body();
                assertThat(body)
                        .as(path)
                        .contains(
                                "authorization=[] ", "x-user=[alice]", "x-payload=[" + token.split("\\.", -1)[1] + "]")
                        .contains("token=https://issuer.example/alice");
                assertThat(service.ends.next()).isEqualTo("200");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void claimHeadersOfTheClientAreHiddenWithoutToken(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            service.ask(List.of(RULE));
            assertThat(service.client().get("/see", "X-User: admin").body()).contains("x-user=[] ", "token=none");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tokenInQueryAndCookieIsHiddenInEveryForm(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            service.ask(List.of(RULE));
            String token = ISSUER.token("alice");
            String body = service.client()
                    .get("/see?a=1&access_token=" + token + "&b=2", "Cookie: x=y; session=" + token + "; z=w")
                    .body();
            assertThat(body)
                    .doesNotContain(token)
                    .contains("query=a=1&b=2 ", "params={a=[1], b=[2]}", "one=null", "cookies=[x, z]")
                    .contains("cookie=[x=y; z=w]");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tokenIsRequiredByAPolicyAndThenAbsenceIs403(Container container) throws Exception {
        AuthorizationConfig policy = new AuthorizationConfig(
                Action.ALLOW,
                List.of(new AuthorizationConfig.Policy(
                        "admins",
                        new Condition.Claim(List.of("groups"), new StringMatch.Exact("admins", false), true))));
        try (Service service = Service.open(container, application)) {
            service.ask(List.of(RULE), policy);
            assertThat(service.client().get("/see").status()).isEqualTo(403);
            assertThat(service.ends.next()).contains("UNAUTHORIZED");
            String guest = ISSUER.token("guest", Map.of("groups", List.of("guests")));
            assertThat(service.client()
                            .get("/see", "Authorization: Bearer " + guest)
                            .status())
                    .isEqualTo(403);
            assertThat(service.ends.next()).contains("UNAUTHORIZED");
            String admin = ISSUER.token("root", Map.of("groups", List.of("guests", "admins")));
            assertThat(service.client()
                            .get("/see", "Authorization: Bearer " + admin)
                            .status())
                    .isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    /** CVE-2020-8595: a query must not lead around an exact path; CVE-2023-27487: nor a header that proxies use among themselves. */
    @ParameterizedTest
    @EnumSource
    void neitherQueryNorHeadersOfProxiesChangeThePathThatNeedsAToken(Container container) throws Exception {
        AuthorizationConfig policy = new AuthorizationConfig(
                Action.DENY,
                List.of(new AuthorizationConfig.Policy(
                        "see-needs-a-token",
                        new Condition.All(List.of(
                                new Condition.Path(new StringMatch.Exact("/see", false)),
                                new Condition.Not(new Condition.Claim(
                                        List.of("iss"), new StringMatch.Exact(ISSUER.name(), false), false)))))));
        try (Service service = Service.open(container, application)) {
            service.ask(List.of(RULE), policy);
            for (String path : List.of("/see", "/see?", "/see?a=/open", "/see;x=y", "/%73ee")) {
                int status = service.client()
                        .get(path, "X-Envoy-Original-Path: /open", "X-Original-URL: /open", "X-Rewrite-URL: /open")
                        .status();
                assertThat(status).as(path).isIn(400, 403);
                assertThat(service.ends.next()).as(path).doesNotContain("200");
            }
            assertThat(service.client().get("/see#/open").status()).isEqualTo(400);
        }
    }

    private static String seen(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        Map<String, List<String>> params = new TreeMap<>();
        request.getParameterMap().forEach((name, values) -> params.put(name, List.of(values)));
        return values(request, "authorization")
                + values(request, "x-user")
                + values(request, "x-payload")
                + values(request, "cookie")
                + "query=" + request.getQueryString()
                + " params=" + params
                + " one=" + request.getParameter("access_token")
                + " cookies="
                + (cookies == null
                        ? "none"
                        : Arrays.stream(cookies).map(Cookie::getName).toList())
                + " token="
                + (request.getAttribute(MeshFilter.TOKEN) instanceof VerifiedToken token ? token.principal() : "none");
    }

    private static String values(HttpServletRequest request, String name) {
        return name + "=" + Collections.list(request.getHeaders(name)) + " ";
    }
}
