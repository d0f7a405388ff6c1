package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.authz.CanonicalPath;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.StringMatch;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a path looks like, the application sees the path that policies were tested on, or nothing. */
class PathViewTest {

    /** Paths on which readers have disagreed before, in containers, proxies and frameworks. */
    private static final List<String> ODD = List.of(
            "/a/b",
            "/a/b/",
            "/",
            "//",
            "/a//b",
            "//a/b",
            "/a/b//",
            "/./a",
            "/a/./b",
            "/a/.",
            "/a/../b",
            "/a/b/..",
            "/..",
            "/../a",
            "/a/../../b",
            "/a/...",
            "/.a",
            "/..a",
            "/a/..;/b",
            "/a/..;x=y/b",
            "/a/.;/b",
            "/a;/b",
            "/a;x=y/b",
            "/a;x=y;z/b;w",
            "/;x=y/a",
            "/;/a",
            "/a/;/b",
            "/a/;x/b",
            "/a/;a=../b",
            "/%2e%2e/a",
            "/a/%2e%2e/b",
            "/a/%2E%2E/b",
            "/a/.%2e/b",
            "/a/%2e./b",
            "/a/%2e/b",
            "/a/%2e%2e;/b",
            "/%61",
            "/%61dmin",
            "/a%2fb",
            "/a%2Fb",
            "/a/%2f/b",
            "/a/..%2fadmin",
            "/a%5cb",
            "/a%5Cb",
            "/a/..%5cadmin",
            "/a\\b",
            "/a/..\\admin",
            "\\a",
            "/a%252fb",
            "/a/%252e%252e/b",
            "/a%00",
            "/a%00/b",
            "/a%0a",
            "/a%0d%0ab",
            "/a%09b",
            "/a%7f",
            "/a%20b",
            "/a+b",
            "/a%3bx",
            "/a%3b/b",
            "/a%3fb",
            "/a%23b",
            "/a%25",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%c3%a4",
            "/a%e4",
            "/a%c0%ae%c0%ae/b",
            "/a%c0%af",
            "/a%ff",
            "/%uff0e/a",
            "/a%u002f",
            "/a:b",
            "/a@b",
            "/a'b",
            "/a(b)",
            "/a$b",
            "/a,b",
            "/a=b",
            "/a&b",
            "/a!b",
            "/a*b",
            "/a~b",
            "/a|b",
            "/a^b",
            "/a[b]",
            "/a{b}",
            "/a`b",
            "/a<b>",
            "/a\"b",
            "/\u00e4",
            "/public/..;/admin",
            "/public/%2e%2e/admin",
            "/public//../admin",
            "/public/;/../admin",
            "/public;/../admin",
            "/Admin",
            "/admin%20",
            "/admin.",
            "/admin/",
            "/admin;",
            "/admin%2f",
            "/admin%3b",
            "//admin",
            "/./admin",
            "/x/../admin",
            "/admin%2e",
            "/admin/.",
            "/admin/..",
            "*",
            "http://reviews:9080/a/../admin",
            "http://reviews:9080",
            "/a?b=/../admin",
            "/a?b;c",
            "/a#b");

    private final Application application = new Application()
            .on("/admin/*", PathViewTest::show)
            .on("/public/*", PathViewTest::show)
            .on("/", PathViewTest::show);

    @ParameterizedTest
    @CsvSource({"JETTY, NONE", "JETTY, LEGACY", "JETTY, ALL", "TOMCAT, NONE", "TOMCAT, LEGACY", "TOMCAT, ALL"})
    void applicationSeesWhatWasJudgedOrNothing(Container container, Container.Leniency leniency) throws Exception {
        Container.Settings settings = Container.Settings.of(leniency);
        int served = 0;
        try (Service service = Service.timeless(container, application, settings)) {
            for (String target : ODD) {
                int before = service.ends.started();
                RawClient.Reply reply = service.client().get(target);
                boolean reached = service.ends.started() > before;
                String end = reached ? service.ends.next() : "";
                if (reply.status() == 200) {
                    served++;
                    assertThat(reply.body()).as(target).contains("<" + canonical(target) + ">");
                    assertThat(end).as(target).isEqualTo("200");
                } else {
                    assertThat(reply.status()).as(target).isEqualTo(400);
                    assertThat(end).as(target).isIn("", "400", "refused 400 BAD_REQUEST");
                }
            }
        }
        assertThat(served).as("paths that are clear to everybody").isGreaterThan(20);
    }

    @ParameterizedTest
    @CsvSource({"JETTY, NONE", "JETTY, LEGACY", "JETTY, ALL", "TOMCAT, NONE", "TOMCAT, LEGACY", "TOMCAT, ALL"})
    void noSpellingLeadsAroundADenial(Container container, Container.Leniency leniency) throws Exception {
        Container.Settings settings = Container.Settings.of(leniency);
        AuthorizationConfig denyAdmin = new AuthorizationConfig(
                Action.DENY,
                List.of(new Policy(
                        "no-admin",
                        new Condition.AnyOf(List.of(
                                new Condition.Path(StringMatch.exact("/admin")),
                                new Condition.Path(StringMatch.prefix("/admin/")))))));
        try (Service service = Service.timeless(container, application, settings)) {
            service.ask(Mtls.PERMISSIVE, denyAdmin);
            for (String target : ODD) {
                int before = service.ends.started();
                RawClient.Reply reply = service.client().get(target);
                assertThat(reply.body()).as(target).doesNotContain("</admin>", "</admin/");
                if (service.ends.started() > before) {
                    assertThat(service.ends.next())
                            .as(target)
                            .isIn("200", "400", "refused 400 BAD_REQUEST", "refused 403 UNAUTHORIZED");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void encodedTextArrivesDecodedOnce(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/a%20b").body()).contains("</a b>");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client().get("/a%C3%A4").body()).contains("</a\u00e4>");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client().get("/a;v=2/b").body()).contains("</a/b>");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    /** Tomcat appends it before filters run; Jetty forwards to it. */
    @ParameterizedTest
    @EnumSource(names = "TOMCAT")
    void directoryMayShowItsWelcomeFile(Container container) throws Exception {
        Application site =
                new Application().on("/docs/index.html", PathViewTest::show).welcome("index.html");
        try (Service service = Service.open(container, site)) {
            assertThat(service.client().get("/docs/").body()).contains("</docs/index.html>");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    private static void show(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String info = request.getPathInfo();
        response.setCharacterEncoding("UTF-8");
        response.getWriter().print("<" + request.getServletPath() + (info == null ? "" : info) + ">");
    }

    private static String canonical(String target) {
        String path = target.replaceFirst("^http://[^/]*", "").replaceFirst("[?#].*", "");
        return CanonicalPath.of(path.isEmpty() ? "/" : path).path();
    }
}
