package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.StringMatch;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Policies on requests that came over mutual TLS. */
class AuthorizationTest {

    private static final String REFUSED = "refused 403 UNAUTHORIZED";
    private static final Condition PRODUCTPAGE =
            new Condition.Principal(StringMatch.exact("spiffe://inmesh.local/ns/default/sa/productpage"));
    private static final Condition GET = new Condition.Header(HeaderMatch.of(":method", StringMatch.exact("GET")));
    private static final Condition ADMIN = new Condition.Path(StringMatch.prefix("/admin"));

    private final Application application = new Application()
            .on("/*", (request, response) -> response.getWriter().print("served"));

    @ParameterizedTest
    @EnumSource
    void allowLetsInByPrincipalAndMethodAndNobodyElse(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.STRICT)) {
            service.ask(Mtls.STRICT, policy(Action.ALLOW, new Condition.All(List.of(PRODUCTPAGE, GET))));
            RawClient productpage = service.client("productpage");
            assertThat(productpage.get("/reviews/1").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(productpage.send("DELETE", "/reviews/1").status()).isEqualTo(403);
            assertThat(service.ends.next()).isEqualTo(REFUSED);
            assertThat(service.client("ratings").get("/reviews/1").status()).isEqualTo(403);
            assertThat(service.ends.next()).isEqualTo(REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void denyByPathHoldsForEverySpellingOfThePath(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.STRICT)) {
            service.ask(Mtls.STRICT, policy(Action.DENY, ADMIN));
            RawClient client = service.client("productpage");
            for (String path : List.of("/admin", "/admin/users", "/%61dmin", "/admin;v=1", "/public/../admin")) {
                assertThat(client.get(path).body()).as(path).doesNotContain("served");
                assertThat(service.ends.next()).as(path).isIn(REFUSED, "refused 400 BAD_REQUEST");
            }
            assertThat(client.get("/administer").status()).isEqualTo(403);
            assertThat(service.ends.next()).isEqualTo(REFUSED);
            assertThat(client.get("/users/admin").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void policiesSeeThePathWithItsContext(Container container) throws Exception {
        Application shop = new Application()
                .on("/*", (request, response) -> response.getWriter().print("served"))
                .under("/shop");
        try (Service service = Service.of(container, shop, Mtls.STRICT)) {
            service.ask(Mtls.STRICT, policy(Action.ALLOW, new Condition.Path(StringMatch.prefix("/shop/reviews"))));
            RawClient client = service.client("productpage");
            assertThat(client.get("/shop/reviews/1").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(client.get("/shop/ratings").status()).isEqualTo(403);
            assertThat(service.ends.next()).isEqualTo(REFUSED);
            // The one part of the path that containers do not decode.
            assertThat(client.get("/sh%6fp/reviews/1").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void dispatchesInsideTheApplicationAreItsOwnAffair(Container container) throws Exception {
        Application forwarding = new Application()
                .on(
                        "/open",
                        (request, response) ->
                                request.getRequestDispatcher("/admin/page").forward(request, response))
                .on("/admin/*", (request, response) -> response.getWriter().print("served"));
        try (Service service = Service.of(container, forwarding, Mtls.STRICT)) {
            service.ask(Mtls.STRICT, policy(Action.DENY, ADMIN));
            RawClient client = service.client("productpage");
            assertThat(client.get("/open").body()).contains("served");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(client.get("/admin/page").status()).isEqualTo(403);
            assertThat(service.ends.next()).isEqualTo(REFUSED);
        }
    }

    private static AuthorizationConfig policy(Action action, Condition condition) {
        return new AuthorizationConfig(action, List.of(new Policy("ns[default]-policy[secret-name]", condition)));
    }
}
