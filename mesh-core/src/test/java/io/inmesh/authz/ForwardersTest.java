package io.inmesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.Condition.Cidr;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.testkit.FakeCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a request is made for, in the words of whoever is believed. */
class ForwardersTest {

    private static final String PEER = "10.0.0.5";
    private static final ForwardersConfig TENS = ForwardersConfig.at(new Cidr("10.0.0.0", 8), new Cidr("fd00::", 8));

    @Test
    void withoutForwardersTheHeaderSaysNothing() {
        assertThat(client(ForwardersConfig.NONE, PEER, "203.0.113.7")).isEqualTo("10.0.0.5 by the connection");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 203.0.113.7 | 203.0.113.7",
                "1 | 198.51.100.1, 203.0.113.7 | 203.0.113.7",
                "2 | 198.51.100.1, 203.0.113.7 | 198.51.100.1",
                "2 | 192.0.2.9 , 198.51.100.1 ,203.0.113.7 | 198.51.100.1",
                "3 | 192.0.2.9,198.51.100.1,203.0.113.7 | 192.0.2.9",
                // What is behind the hops is not looked at: the nearest forwarders vouch for their own entries only.
                "1 | <script>, ,,203.0.113.7 | 203.0.113.7",
                "2 | 198.51.100.1, unknown | 198.51.100.1",
                "1 | [2001:db8::7]:4711 | 2001:db8:0:0:0:0:0:7"
            })
    void hopsAreCountedFromTheEnd(int hops, String header, String client) {
        assertThat(client(ForwardersConfig.hops(hops), PEER, header)).isEqualTo(client + " by X-Forwarded-For");
    }

    @Test
    void linesAreOneListInTheirOrder() {
        assertThat(client(ForwardersConfig.hops(1), PEER, "192.0.2.9", "198.51.100.1, 203.0.113.7"))
                .isEqualTo("203.0.113.7 by X-Forwarded-For");
        assertThat(client(ForwardersConfig.hops(3), PEER, "192.0.2.9", "198.51.100.1, 203.0.113.7"))
                .isEqualTo("192.0.2.9 by X-Forwarded-For");
        assertThat(client(ForwardersConfig.hops(2), PEER, "192.0.2.9", "198.51.100.1", "203.0.113.7"))
                .isEqualTo("198.51.100.1 by X-Forwarded-For");
        assertThat(client(TENS, PEER, "192.0.2.9, 10.0.0.8", "10.0.0.9")).isEqualTo("192.0.2.9 by X-Forwarded-For");
    }

    @Test
    void aRequestThatNobodyForwardedIsMadeByThePeer() {
        assertThat(client(ForwardersConfig.hops(2), PEER)).isEqualTo("10.0.0.5 by the connection");
        assertThat(client(TENS, PEER)).isEqualTo("10.0.0.5 by the connection");
    }

    @Test
    void fewerEntriesThanHopsAreNotThePeer() {
        // Envoy judges the peer, which is a forwarder: an ALLOW of inside addresses would let in whoever came past the
        // first hop.
        assertThat(client(ForwardersConfig.hops(2), PEER, "203.0.113.7"))
                .isEqualTo("unknown: X-Forwarded-For has 1 of 2 entries");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "unknown", "203.0.113.7,", "203.0.113.7, 010.0.0.1", "203.0.113.7 198.51.100.1"})
    void whatTheNearestForwarderWroteMustBeAnAddress(String header) {
        assertThat(client(ForwardersConfig.hops(1), PEER, header))
                .isEqualTo("unknown: entry 1 from the end of X-Forwarded-For is no IP address");
        assertThat(client(TENS, PEER, header))
                .isEqualTo("unknown: entry 1 from the end of X-Forwarded-For is no IP address");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.7 | 203.0.113.7",
                "10.0.0.1, 203.0.113.7 | 203.0.113.7",
                "198.51.100.1, 203.0.113.7, 10.9.9.9 | 203.0.113.7",
                "198.51.100.1, [fd00::1]:80, 10.9.9.9:81 | 198.51.100.1",
                "nonsense, 203.0.113.7, 10.9.9.9 | 203.0.113.7",
                "::ffff:203.0.113.7, ::ffff:10.1.1.1 | 203.0.113.7",
                // All are forwarders: the first one is the client, as in Envoy.
                "10.0.0.1, 10.0.0.2 | 10.0.0.1"
            })
    void forwardersAreSkippedByTheirAddress(String header, String client) {
        assertThat(client(TENS, PEER, header)).isEqualTo(client + " by X-Forwarded-For");
    }

    @Test
    void aPeerThatIsNoForwarderIsNotBelieved() {
        assertThat(client(TENS, "203.0.113.66", "198.51.100.1")).isEqualTo("203.0.113.66 by the connection");
        assertThat(client(TENS, "203.0.113.66", "garbage")).isEqualTo("203.0.113.66 by the connection");
    }

    @Test
    void anEntryBehindForwardersMustBeAnAddress() {
        assertThat(client(TENS, PEER, "198.51.100.1, unknown, 10.0.0.9"))
                .isEqualTo("unknown: entry 2 from the end of X-Forwarded-For is no IP address");
    }

    @Test
    void aFloodOfForwardersIsNotWalkedThrough() {
        String forwarders = "10.0.0.9,".repeat(100_000) + "10.0.0.9";
        assertThat(client(TENS, PEER, forwarders)).isEqualTo("unknown: X-Forwarded-For names more than 32 forwarders");
        assertThat(client(TENS, PEER, "x,".repeat(100_000) + "203.0.113.7"))
                .isEqualTo("203.0.113.7 by X-Forwarded-For");
        assertThat(client(ForwardersConfig.hops(32), PEER, forwarders)).isEqualTo("10.0.0.9 by X-Forwarded-For");
    }

    @Test
    void whatCannotBeIsReported() {
        List<String> problems = new ArrayList<>();
        Forwarders.compile(
                new ForwardersConfig(33, List.of(new Cidr("10.0.0.0", 8), new Cidr("10.0.0.0", 33), new Cidr("x", 8))),
                (field, message, remedy) -> problems.add(field + " " + message));
        assertThat(problems)
                .containsExactly(
                        "hops is 33",
                        " has both hops and ranges",
                        "ranges prefix length of 10.0.0.0 must be 0 to 32: 33",
                        "ranges \"x\" is not an IPv4 or IPv6 address");
    }

    private static String client(ForwardersConfig config, String peer, String... lines) {
        FakeCall call = FakeCall.get("/").from(peer);
        for (String line : lines) {
            call = call.header("X-Forwarded-For", line);
        }
        Forwarders forwarders = Forwarders.compile(config, (field, message, remedy) -> {
            throw new AssertionError(field + " " + message);
        });
        return forwarders.client(call).toString();
    }
}
