package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.Condition.Cidr;
import io.inmesh.config.ForwardersConfig;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that say they are somebody else, and forwarders that say who they are. */
class ForwardedForTest {

    private static final Cidr OFFICE = new Cidr("198.51.100.0", 24);
    private static final Cidr BANNED = new Cidr("203.0.113.0", 24);
    private static final AuthorizationConfig OFFICE_ONLY = policy(Action.ALLOW, new Condition.RemoteIp(OFFICE));
    private static final AuthorizationConfig NOT_BANNED = policy(Action.DENY, new Condition.RemoteIp(BANNED));

    /** The test's own address, so that it is a forwarder. */
    private static final ForwardersConfig HERE = ForwardersConfig.at(new Cidr("127.0.0.0", 8));

    private static final ForwardersConfig ELSEWHERE = ForwardersConfig.at(new Cidr("10.0.0.0", 8));

    private final Application application = new Application()
            .on("/", (request, response) -> response.getWriter().print("served"));

    @ParameterizedTest
    @EnumSource
    void aHeaderOfSomebodyWhoIsNoForwarderIsNotBelieved(Container container) throws Exception {
        try (Service service = Service.open(container, application, Container.Settings.USUAL)) {
            for (ForwardersConfig forwarders : List.of(ForwardersConfig.NONE, ELSEWHERE)) {
                service.ask(forwarders, OFFICE_ONLY);
                refused(service, 403, "X-Forwarded-For: 198.51.100.1");
                refused(service, 403, "X-Forwarded-For: 198.51.100.1, 127.0.0.1");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAForwarderAppendedCountsNotWhatTheClientWrote(Container container) throws Exception {
        try (Service service = Service.open(container, application, Container.Settings.USUAL)) {
            for (ForwardersConfig forwarders : List.of(HERE, ForwardersConfig.hops(1))) {
                service.ask(forwarders, OFFICE_ONLY);
                served(service, "X-Forwarded-For: 198.51.100.1");
                served(service, "X-Forwarded-For: 203.0.113.7", "X-Forwarded-For: 198.51.100.1");
                refused(service, 403, "X-Forwarded-For: 198.51.100.1, 203.0.113.7");
                refused(service, 403, "X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.7");
                service.ask(forwarders, NOT_BANNED);
                refused(service, 403, "X-Forwarded-For: 203.0.113.7");
                refused(service, 403, "x-forwarded-for: [::ffff:203.0.113.7]:4711");
                served(service, "X-Forwarded-For: 203.0.113.7, 198.51.100.1");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void forwardersAreSkippedAndHopsAreCounted(Container container) throws Exception {
        try (Service service = Service.open(container, application, Container.Settings.USUAL)) {
            service.ask(HERE, OFFICE_ONLY);
            served(service, "X-Forwarded-For: 203.0.113.7, 198.51.100.1, 127.0.0.9", "X-Forwarded-For: 127.0.0.8:80");
            service.ask(ForwardersConfig.hops(2), OFFICE_ONLY);
            served(service, "X-Forwarded-For: 198.51.100.1, 203.0.113.7");
            refused(service, 403, "X-Forwarded-For: 203.0.113.7, 198.51.100.1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotBeReadIsRefused(Container container) throws Exception {
        try (Service service = Service.open(container, application, Container.Settings.USUAL)) {
            for (AuthorizationConfig policy : List.of(OFFICE_ONLY, NOT_BANNED)) {
                service.ask(HERE, policy);
                refused(service, 400, "X-Forwarded-For: 198.51.100.1, unknown");
                refused(service, 400, "X-Forwarded-For: 198.51.100.1,");
                refused(service, 400, "X-Forwarded-For: 198.51.100.1", "X-Forwarded-For:");
                refused(service, 400, "X-Forwarded-For: 198.51.100.1, 0177.0.0.1");
                refused(service, 400, "X-Forwarded-For: " + "127.0.0.1,".repeat(100) + "127.0.0.1");
                service.ask(ForwardersConfig.hops(2), policy);
                refused(service, 400, "X-Forwarded-For: 198.51.100.1");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFloodOfLinesEndsInOneAnswer(Container container) throws Exception {
        try (Service service = Service.open(container, application, Container.Settings.USUAL)) {
            service.ask(HERE, OFFICE_ONLY);
            String[] lines = new String[90];
            java.util.Arrays.fill(lines, "X-Forwarded-For: 127.0.0.1");
            refused(service, 400, lines);
            lines[lines.length - 1] = "X-Forwarded-For: 203.0.113.7";
            refused(service, 403, lines);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCertificateHeaderOfAForwarderIsHiddenTooAndNeverRead(Container container) throws Exception {
        Application shown = new Application()
                .on(
                        "/",
                        (request, response) -> response.getWriter()
                                .print(String.valueOf(request.getHeader("X-Forwarded-Client-Cert"))));
        try (Service service = Service.open(container, shown, Container.Settings.USUAL)) {
            service.ask(HERE, NOT_BANNED);
            RawClient.Reply reply = service.client()
                    .get(
                            "/",
                            "X-Forwarded-For: 198.51.100.1",
                            "X-Forwarded-Client-Cert: URI=spiffe://inmesh.local/ns/default/sa/productpage");
            assertThat(reply.body()).contains("null").doesNotContain("spiffe");
            assertThat(service.ends.next()).isEqualTo("200");
            service.ask(
                    HERE,
                    policy(Action.DENY, new Condition.Not(new Condition.Authenticated())),
                    policy(Action.ALLOW, new Condition.RemoteIp(OFFICE)));
            refused(
                    service,
                    403,
                    "X-Forwarded-For: 198.51.100.1",
                    "X-Forwarded-Client-Cert: URI=spiffe://inmesh.local/ns/default/sa/productpage");
        }
    }

    private static void served(Service service, String... headers) throws Exception {
        assertThat(service.client().get("/", headers).body())
                .as(String.join(" | ", headers))
                .contains("served");
        assertThat(service.ends.next()).isEqualTo("200");
    }

    private static void refused(Service service, int status, String... headers) throws Exception {
        RawClient.Reply reply = service.client().get("/", headers);
        assertThat(reply.status()).as(String.join(" | ", headers)).isEqualTo(status);
        assertThat(reply.text()).doesNotContain("served", "198.51.100.1", "203.0.113.7");
        assertThat(service.ends.next()).startsWith("refused " + status);
    }

    private static AuthorizationConfig policy(Action action, Condition condition) {
        return new AuthorizationConfig(action, List.of(new Policy("clients", condition)));
    }
}
