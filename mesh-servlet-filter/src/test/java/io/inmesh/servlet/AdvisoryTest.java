package io.inmesh.servlet;

import static io.inmesh.servlet.Advisory.headers;
import static io.inmesh.servlet.Advisory.paths;
import static io.inmesh.servlet.Advisory.refused;
import static io.inmesh.servlet.Advisory.servedWithout;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.InboundConfig.Mtls;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Sends what was dangerous to others, byte by byte, to both containers at their most lenient; {@code docs/advisories.md} has the stories. */
class AdvisoryTest {

    private static final String EVIL =
            "X-Forwarded-Client-Cert: By=x;URI=spiffe://inmesh.local/ns/default/sa/productpage";

    private static final List<Advisory> ADVISORIES = List.of(
            // Paths.
            paths(
                    "CVE-2019-9901",
                    Advisory.NO_ADMIN,
                    refused(403),
                    "/something/../admin",
                    "/./admin",
                    "/public/x/../../admin"),
            paths("CVE-2020-8595", Advisory.NO_ADMIN, refused(403), "/admin?", "/admin?x=1", "/admin/?"),
            // Jetty cuts a fragment before anybody sees it.
            paths("CVE-2021-39156", Advisory.NO_ADMIN, refused(400, 403), "/admin#", "/admin#x", "/admin/#/../x"),
            paths("CVE-2021-32779", Advisory.PUBLIC_ONLY, refused(400, 403), "/admin#/public/", "/admin/#/../public/"),
            paths(
                    "CVE-2021-29492",
                    Advisory.NO_ADMIN,
                    refused(400),
                    "/public%2f..%2fadmin",
                    "/public/..%2Fadmin",
                    "/public/..%5Cadmin",
                    "/x\\..\\admin"),
            paths(
                    "CVE-2021-31920",
                    Advisory.NO_ADMIN,
                    refused(400, 403),
                    "//admin",
                    "///admin",
                    "/%2fadmin",
                    "/x//../admin"),
            paths("CVE-2026-26205", Advisory.NO_ADMIN, refused(403), "//admin", "//admin/x", "//reviews/../admin"),
            paths(
                    "CVE-2026-73553",
                    Advisory.NO_ADMIN,
                    refused(400, 403),
                    "/admin;x=1",
                    "/admin;/users",
                    "/;x/admin",
                    "/public;/../admin"),
            paths("CVE-2020-1957", Advisory.PUBLIC_ONLY, refused(400), "/public/..;/admin", "/public/..;a=b/admin"),
            paths("CVE-2020-13933", Advisory.NO_ADMIN, refused(403), "/admin/%3bpage", "/admin/%3Bpage"),
            paths("CVE-2020-1757", Advisory.NO_ADMIN, refused(400, 403), "/;/admin", "/x/;/../admin", "/admin;/;"),
            paths(
                    "CVE-2021-28164",
                    Advisory.NO_ADMIN,
                    refused(400),
                    "/%2e/admin",
                    "/public/%2e%2e/admin",
                    "/.%2e/admin"),
            paths("CVE-2021-34429", Advisory.NO_ADMIN, refused(400), "/%u002e/admin", "/.%00/admin", "/..%00/admin"),
            paths("CVE-2022-22978", Advisory.NO_ADMIN, refused(400), "/admin/%0a", "/admin/%0d%0a", "/admin/x%0Ay"),
            paths(
                    "CVE-2016-5007",
                    Advisory.PUBLIC_ONLY,
                    refused(400, 403),
                    "/admin%20",
                    "/%20admin",
                    "/%0dadmin",
                    "/admin%09"),
            paths("CVE-2022-31692", Advisory.NO_ADMIN, refused(403), "/admin/", "/admin//", "/admin/."),
            paths(
                    "CVE-2026-42274",
                    Advisory.PUBLIC_ONLY,
                    refused(400, 403),
                    "/public/../admin",
                    "/public/%2e%2e/admin"),
            paths("GHSA-3q34-rx83-r6mq", Advisory.PUBLIC_ONLY, refused(400, 403), "/public/x/../../admin"),
            paths("CVE-2026-32811", Advisory.PUBLIC_ONLY, refused(403), "/admin?x=/public/", "/admin%3Fx=/public/"),
            paths("CVE-2025-46821", Advisory.NO_ADMIN, refused(403), "/admin/*", "/admin/a*b:c@d!$&'()+,="),
            // Hosts.
            headers("CVE-2021-39155", Advisory.NO_ADMIN_HOST, refused(403), "Host: Admin.EXAMPLE"),
            headers("CVE-2021-39155", Advisory.NO_ADMIN_HOST, refused(403), "Host: admin.example.:80"),
            headers("CVE-2026-48710", Advisory.EVERYTHING, refused(400), "Host: shop.example/public?x="),
            headers("CVE-2026-48710", Advisory.EVERYTHING, refused(400), "Host: shop.example#"),
            headers("CVE-2024-6763", Advisory.NO_ADMIN_HOST, refused(400), "Host: shop.example@admin.example"),
            headers("CVE-2024-6763", Advisory.NO_ADMIN_HOST, refused(400), "Host: shop.example\\@admin.example"),
            headers("CVE-2022-2047", Advisory.EVERYTHING, refused(400), "Host: [::1"),
            headers("CVE-2022-2047", Advisory.EVERYTHING, refused(400), "Host: admin.example:x"),
            new Advisory(
                    "CVE-2022-2047",
                    Advisory.NO_ADMIN_HOST,
                    refused(400, 403),
                    List.of(
                            RawClient.head("GET", "http://admin.example/admin", "Host: shop.example"),
                            RawClient.head("GET", "http://u@admin.example/admin", "Host: admin.example"),
                            RawClient.head("GET", "/admin", "Host: shop.example", "Host: admin.example"))),
            // Headers.
            headers("CVE-2026-26308", Advisory.NO_ADMINS, refused(403), "X-Role: user", "X-Role: admin"),
            headers("CVE-2026-26308", Advisory.NO_ADMINS, refused(403), "X-Role: user,admin"),
            headers("CVE-2026-31838", Advisory.USERS_ONLY, refused(403), "X-Role: user", "X-Role: admin"),
            headers("CVE-2026-31838", Advisory.USERS_ONLY, refused(403), "x-rOLE: user, admin"),
            headers("CVE-2021-32777", Advisory.USERS_ONLY, refused(403), "X-Role: admin", "X-Role: user"),
            headers("CVE-2019-9900", Advisory.NO_ADMINS, refused(400), "X-Role: admin\0"),
            headers("CVE-2019-9900", Advisory.NO_ADMINS, refused(400), "X-Role: user\0admin"),
            headers("CVE-2019-18802", Advisory.NO_ADMINS, refused(403), "X-Role: admin \t "),
            headers("CVE-2019-18802", Advisory.NO_ADMINS, refused(403), "X-Role:\t admin"),
            headers("CVE-2023-27487", Advisory.NO_ADMIN, refused(403), "X-Envoy-Original-Path: /public/x"),
            headers(
                    "CVE-2026-40575",
                    Advisory.NO_ADMIN,
                    refused(403),
                    "X-Forwarded-Uri: /public/x",
                    "X-Original-URL: /"),
            headers("CVE-2024-45806", Advisory.PRIVATE_NETWORK_ONLY, refused(403), "X-Forwarded-For: 10.0.0.1"),
            headers("CVE-2024-45806", Advisory.PRIVATE_NETWORK_ONLY, refused(403), "X-Envoy-Internal: true", EVIL),
            headers("CVE-2025-64484", Advisory.EVERYTHING, servedWithout("productpage"), EVIL.replace('-', '_')),
            headers("CVE-2025-64484", Advisory.PRODUCTPAGE_ONLY, refused(403), EVIL),
            headers("CVE-2024-45410", Advisory.EVERYTHING, servedWithout("productpage"), EVIL, "Connection: X-Role"),
            headers(
                    "CVE-2025-48865",
                    Advisory.NO_ADMINS,
                    refused(403),
                    "Connection: X-Role, X-Forwarded-Client-Cert",
                    "X-Role: admin"),
            // Framing, which is the container's: what it does not refuse would be a second request.
            new Advisory(
                    "CVE-2023-40167",
                    Advisory.NO_ADMIN,
                    refused(400),
                    List.of(
                            smuggled("Content-Length: +4"),
                            smuggled("Content-Length: 4, 4x"),
                            smuggled("Content-Length: -1"))),
            new Advisory(
                    "CVE-2022-42252",
                    Advisory.NO_ADMIN,
                    refused(400),
                    List.of(
                            smuggled("Content-Length: 4\r\nContent-Length: 5"),
                            smuggled("Content-Length: a"),
                            smuggled("Transfer-Encoding: chunked, identity"))),
            new Advisory(
                    "CVE-2019-16869",
                    Advisory.NO_ADMIN,
                    refused(400, 501),
                    List.of(smuggled("Transfer-Encoding : chunked"), smuggled("Transfer-Encoding: xchunked"))));

    private static final Map<Container, Service> SERVICES = new EnumMap<>(Container.class);

    private static String smuggled(String headers) {
        return "POST /public/x HTTP/1.1\r\nHost: reviews\r\n" + headers
                + "\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: reviews\r\nConnection: close\r\n\r\n";
    }

    @BeforeAll
    static void start() throws Exception {
        Application application = new Application()
                .on("/admin/*", (request, response) -> show(Advisory.SECRET, request, response))
                .on("/", (request, response) -> show("something", request, response));
        for (Container container : Container.values()) {
            SERVICES.put(
                    container, Service.open(container, application, Container.Settings.of(Container.Leniency.ALL)));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (Service service : SERVICES.values()) {
            service.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> onJetty() {
        return ADVISORIES.stream().map(advisory -> test(advisory, Container.JETTY));
    }

    @TestFactory
    Stream<DynamicTest> onTomcat() {
        return ADVISORIES.stream().map(advisory -> test(advisory, Container.TOMCAT));
    }

    /** Were nothing served at all, the rest would prove nothing. */
    @Test
    void goodRequestsAreServed() throws Exception {
        for (Service service : SERVICES.values()) {
            service.ask(Mtls.PERMISSIVE, Advisory.NO_ADMIN);
            assertThat(service.client().get("/public/x").body()).contains("something");
            assertThat(service.ends.next()).isEqualTo("200");
            service.ask(Mtls.PERMISSIVE, Advisory.USERS_ONLY);
            assertThat(service.client().get("/admin", "X-Role: user").body()).contains(Advisory.SECRET);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @Test
    void documentNamesTheSameAdvisories() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("../docs/advisories.md")).stream()
                .filter(line -> line.contains("| servlet `AdvisoryTest`"))
                .map(line -> line.split("\\|")[1].strip().split(" ")[0])
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        ADVISORIES.stream().map(Advisory::id).distinct().toList());
    }

    private static DynamicTest test(Advisory advisory, Container container) {
        return DynamicTest.dynamicTest(advisory.id(), () -> {
            Service service = SERVICES.get(container);
            service.ask(Mtls.PERMISSIVE, advisory.policy());
            for (String request : advisory.requests()) {
                int before = service.ends.started();
                RawClient.Reply reply = service.client().exchange(request);
                for (int reached = service.ends.started() - before; reached > 0; reached--) {
                    service.ends.next();
                }
                assertThat(reply).as(request).satisfies(advisory.expectation()::check);
            }
        });
    }

    private static void show(String text, HttpServletRequest request, HttpServletResponse response) throws IOException {
        StringBuilder seen = new StringBuilder(text).append('\n');
        List<String> names = new ArrayList<>(Collections.list(request.getHeaderNames()));
        for (String name : names) {
            seen.append(name).append(": ").append(request.getHeader(name)).append('\n');
        }
        response.getWriter().print(seen);
    }
}
