package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.StringMatch;
import io.inmesh.testkit.Http2Wire;
import io.inmesh.testkit.Http2Wire.Frame;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A request that names its host twice, as HTTP/2 can: in {@code :authority} and in {@code host} (RFC 9113, 8.3.1). */
class HostViewTest {

    private static final int PATIENCE_MILLIS = 120_000;
    private static final String SHOP = "shop.example";
    private static final String ADMIN = "admin.example";
    private static final AuthorizationConfig NO_ADMIN = host(Action.DENY, ADMIN);
    private static final AuthorizationConfig SHOP_ONLY = host(Action.ALLOW, SHOP);

    private final Application application = new Application().on("/", HostViewTest::show);

    @ParameterizedTest
    @CsvSource({"JETTY, false", "JETTY, true", "TOMCAT, true"})
    void twoNamesAreServedAsOneOrNotAtAll(Container container, boolean tls) throws Exception {
        try (Service service = Service.of(container, application, Mtls.PERMISSIVE)) {
            for (AuthorizationConfig policy : List.of(NO_ADMIN, SHOP_ONLY)) {
                service.ask(Mtls.PERMISSIVE, policy);
                for (String[] names : List.of(
                        new String[] {":authority", SHOP, "host", ADMIN},
                        new String[] {":authority", ADMIN, "host", SHOP},
                        new String[] {":authority", SHOP, "host", SHOP, "host", ADMIN},
                        new String[] {":authority", SHOP, "host", ADMIN, "host", SHOP},
                        new String[] {"host", SHOP, "host", ADMIN},
                        new String[] {"host", ADMIN, "host", SHOP})) {
                    assertThat(answer(service, tls, names))
                            .as(String.join(" ", names))
                            .doesNotContain(ADMIN)
                            .matches("|refused 40[03] .*|(<shop\\.example>)+");
                }
            }
        }
    }

    /** Were nothing served at all, the rest would prove nothing. */
    @ParameterizedTest
    @CsvSource({"JETTY, false", "JETTY, true", "TOMCAT, true"})
    void oneNameIsServedAndJudged(Container container, boolean tls) throws Exception {
        try (Service service = Service.of(container, application, Mtls.PERMISSIVE)) {
            for (AuthorizationConfig policy : List.of(NO_ADMIN, SHOP_ONLY)) {
                service.ask(Mtls.PERMISSIVE, policy);
                assertThat(answer(service, tls, ":authority", SHOP)).matches("(<shop\\.example>)+");
                assertThat(answer(service, tls, ":authority", ADMIN)).isEqualTo("refused 403 UNAUTHORIZED");
            }
        }
    }

    /** What the application or the mesh said; empty if the container refused by itself. */
    private static String answer(Service service, boolean tls, String... names) throws Exception {
        int before = service.ends.started();
        String[] headers = new String[6 + names.length];
        System.arraycopy(
                new String[] {":method", "GET", ":scheme", tls ? "https" : "http", ":path", "/"}, 0, headers, 0, 6);
        System.arraycopy(names, 0, headers, 6, names.length);
        StringBuilder body = new StringBuilder();
        try (Http2Wire wire = Http2Wire.open(connect(service, tls, names[1]))) {
            wire.headers(1, true, Http2Wire.block(headers));
            wire.flush();
            Frame frame;
            do {
                frame = wire.next();
                if (frame.type() == Http2Wire.DATA) {
                    body.append(frame.text());
                }
            } while (frame.type() != Http2Wire.GOAWAY && !(frame.stream() == 1 && frame.endsStream()));
        }
        if (service.ends.started() == before) {
            return "";
        }
        String end = service.ends.next();
        return end.equals("200") ? body.toString() : end;
    }

    private static Socket connect(Service service, boolean tls, String serverName) throws IOException {
        Socket plain = new Socket("127.0.0.1", service.port());
        plain.setSoTimeout(PATIENCE_MILLIS);
        if (!tls) {
            return plain;
        }
        SSLSocket socket = (SSLSocket) service.context("productpage")
                .getSocketFactory()
                .createSocket(plain, "127.0.0.1", service.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        return socket;
    }

    /** Every way in which applications ask for the host. */
    private static void show(HttpServletRequest request, HttpServletResponse response) throws IOException {
        List<String> seen = new ArrayList<>(Collections.list(request.getHeaders("Host")));
        seen.add(request.getServerName());
        seen.add(request.getRequestURL().toString().replaceFirst("^https?://([^:/]*).*$", "$1"));
        for (String name : seen) {
            response.getWriter().print("<" + name + ">");
        }
    }

    private static AuthorizationConfig host(Action action, String name) {
        return new AuthorizationConfig(
                action,
                List.of(new Policy(
                        "hosts", new Condition.Header(HeaderMatch.of(":authority", StringMatch.exact(name))))));
    }
}
