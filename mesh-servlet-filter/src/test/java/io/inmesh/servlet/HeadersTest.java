package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Headers that two readers could understand differently, and headers by which a client claims to be somebody. */
class HeadersTest {

    private static final String[] CLAIMS = {
        "X-Forwarded-Client-Cert: By=spiffe://inmesh.local/ns/default/sa/admin",
        "X-Inmesh-Peer: admin",
        "x-inmesh-number: 7",
        "x-inmesh-date: Thu, 01 Jan 1970 00:00:01 GMT",
        "X-Request-Id: 42"
    };

    private final Application application = new Application()
            .on("/see", (request, response) -> response.getWriter().print(seen(request)))
            .on("/again", (request, response) -> request.startAsync().dispatch("/see"))
            .on(
                    "/forward",
                    (request, response) -> request.getRequestDispatcher("/see").forward(request, response))
            .on("/error", (request, response) -> response.sendError(418))
            .page(418, "/see");

    @ParameterizedTest
    @EnumSource
    void requestWithSeveralValuesOfASingleHeaderIsRefused(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            RawClient.Reply reply = service.client().get("/see", "Authorization: Bearer a", "Authorization: Bearer b");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.body()).contains("more than one Authorization header");
            assertThat(service.ends.next()).isEqualTo("400");
            // Containers refuse these themselves, before any filter.
            assertThat(service.client().get("/see", "Host: a", "Host: b").status())
                    .isEqualTo(400);
            assertThat(service.client()
                            .get("/see", "Content-Length: 0", "Content-Length: 1")
                            .status())
                    .isEqualTo(400);
            assertThat(service.client().get("http://a/see", "Host: b").status()).isEqualTo(400);
            assertThat(service.ends.started()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void claimedIdentitiesAreHiddenInEveryDispatch(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            for (String path : List.of("/see", "/again", "/forward")) {
                RawClient.Reply reply = service.client().get(path, CLAIMS);
                assertThat(reply.body())
                        .as(path)
                        .contains("names=[], x-request-id=42, values=[], one=null, int=-1, date=-1");
                assertThat(service.ends.next()).isEqualTo("200");
            }
            assertThat(service.client().get("/error", CLAIMS).body()).contains("names=[]", "x-request-id=42");
            assertThat(service.ends.next()).isEqualTo("418");
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestThatClaimsNothingIsNotWrapped(Container container) throws Exception {
        Application bare = new Application()
                .on(
                        "/",
                        (request, response) ->
                                response.getWriter().print(request.getClass().getName()));
        try (Service service = Service.open(container, bare)) {
            assertThat(service.client().get("/").body()).doesNotContain("io.inmesh");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client().get("/", CLAIMS).body()).contains("io.inmesh");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    private static String seen(HttpServletRequest request) {
        List<String> claims = Collections.list(request.getHeaderNames()).stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> name.startsWith("x-inmesh") || name.startsWith("x-forwarded"))
                .toList();
        return "names=" + claims
                + ", x-request-id=" + request.getHeader("x-request-id")
                + ", values=" + Collections.list(request.getHeaders("x-forwarded-client-cert"))
                + ", one=" + request.getHeader("x-inmesh-peer")
                + ", int=" + request.getIntHeader("x-inmesh-number")
                + ", date=" + request.getDateHeader("x-inmesh-date");
    }
}
