package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundConfig.Mtls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Policies on addresses, for IPv4 and IPv6. */
class AddressFamilyTest {

    private final Application application = new Application()
            .on("/", (request, response) -> response.getWriter().print("served"));

    @ParameterizedTest
    @EnumSource
    void addressesAreThoseOfTheConnection(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.DISABLE)) {
            service.ask(Mtls.DISABLE, allow("127.0.0.0", 8));
            assertThat(service.client().get("/", "X-Forwarded-For: 10.0.0.1").status())
                    .isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            service.ask(Mtls.DISABLE, allow("10.0.0.0", 8));
            assertThat(service.client().get("/", "X-Forwarded-For: 10.0.0.1").status())
                    .isEqualTo(403);
            assertThat(service.ends.next()).isEqualTo("refused 403 UNAUTHORIZED");
        }
    }

    @ParameterizedTest
    @EnumSource
    void loopbackOfIpv6IsServedAndRecognized(Container container) throws Exception {
        assumeTrue(hasIpv6(), "this machine has no IPv6 loopback");
        try (Service service = Service.open(container, application, Container.Settings.IPV6)) {
            RawClient client = new RawClient("::1", service.port(), null);
            service.ask(Mtls.PERMISSIVE, allow("::1", 128));
            String host = "Host: [::1]:" + service.port();
            assertThat(client.get("/", host).body()).contains("served");
            assertThat(service.ends.next()).isEqualTo("200");
            service.ask(Mtls.PERMISSIVE, allow("fd00::", 8));
            assertThat(client.get("/", host).status()).isEqualTo(403);
            assertThat(service.ends.next()).isEqualTo("refused 403 UNAUTHORIZED");
        }
    }

    private static AuthorizationConfig allow(String address, int prefixLength) {
        Condition.Cidr range = new Condition.Cidr(address, prefixLength);
        return new AuthorizationConfig(
                Action.ALLOW,
                List.of(new Policy(
                        "near",
                        new Condition.All(
                                List.of(new Condition.SourceIp(range), new Condition.DestinationIp(range))))));
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return socket.isBound();
        } catch (IOException none) {
            return false;
        }
    }
}
