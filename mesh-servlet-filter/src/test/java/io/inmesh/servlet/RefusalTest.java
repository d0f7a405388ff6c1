package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundConfig.Mtls;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is answered in place of the application. */
class RefusalTest {

    private final AtomicInteger served = new AtomicInteger();
    private final Application application = new Application()
            .on("/*", (request, response) -> served.incrementAndGet())
            .page(403, "/page")
            .page(400, "/page");

    @ParameterizedTest
    @EnumSource
    void refusedCallerLearnsTheReasonAndNothingElse(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.DISABLE)) {
            service.ask(
                    Mtls.DISABLE,
                    new AuthorizationConfig(
                            Action.DENY, List.of(new Policy("policy[secret-name]", new Condition.Always()))));
            RawClient.Reply reply = service.client().get("/users");
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.text())
                    .contains("text/plain")
                    .endsWith("mesh: unauthorized\n")
                    .doesNotContain("secret-name");
            assertThat(service.ends.next()).isEqualTo("refused 403 UNAUTHORIZED");
            // Nor do the application's error pages run for whom it may not serve.
            assertThat(served).hasValue(0);
            assertThat(service.filter.inFlight()).isZero();
        }
    }

    /** A listener closes new plaintext connections once the mode is STRICT, so this one was there before. */
    @ParameterizedTest
    @EnumSource
    void strictModeTellsNoAddressesAndNoResources(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.DISABLE);
                Socket socket = service.client().connect()) {
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            RawClient.write(socket, "GET /users HTTP/1.1\r\nHost: reviews\r\n\r\n");
            assertThat(answer.readLine()).startsWith("HTTP/1.1 200");
            assertThat(service.ends.next()).isEqualTo("200");

            service.ask(Mtls.STRICT);
            RawClient.write(socket, RawClient.head("GET", "/users"));
            assertThat(answer.lines().collect(Collectors.joining("\n")))
                    .endsWith("mesh: no_peer_identity")
                    .doesNotContain("PeerAuthentication", "127.0.0.1");
            assertThat(service.ends.next()).isEqualTo("refused 403 NO_PEER_IDENTITY");
            assertThat(served).hasValue(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void callerThatWaitsNoLongerIsNotServed(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.DISABLE)) {
            RawClient.Reply late = service.client().get("/users", "x-envoy-expected-rq-timeout-ms: 0");
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.body()).contains("mesh: deadline");
            assertThat(service.ends.next()).isEqualTo("refused 504 DEADLINE");
            RawClient.Reply garbled = service.client().get("/users", "x-envoy-expected-rq-timeout-ms: soon");
            assertThat(garbled.status()).isEqualTo(400);
            assertThat(service.ends.next()).isEqualTo("refused 400 BAD_REQUEST");
            assertThat(served).hasValue(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusalOfHeadHasNoBody(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.DISABLE)) {
            RawClient.Reply reply = service.client().send("HEAD", "/users", "x-envoy-expected-rq-timeout-ms: 0");
            assertThat(reply.status()).isEqualTo(504);
            assertThat(reply.body()).isEmpty();
            assertThat(service.ends.next()).isEqualTo("refused 504 DEADLINE");
        }
    }
}
