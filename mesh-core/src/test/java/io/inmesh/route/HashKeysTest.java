package io.inmesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.HeaderSink;
import io.inmesh.config.HashKeyConfig;
import io.inmesh.config.HashKeyConfig.Attribute;
import io.inmesh.config.HashKeyConfig.Cookie;
import io.inmesh.config.HashKeyConfig.Header;
import io.inmesh.config.HashKeyConfig.QueryParameter;
import io.inmesh.config.HashKeyConfig.SourceAddress;
import io.inmesh.hash.XxHash64;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.SeededRandomness;
import io.inmesh.time.Randomness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What of a call is hashed, and how, bit by bit as Envoy does it. */
final class HashKeysTest {

    private static final Randomness RANDOM = new SeededRandomness(1);

    private static CallKey key(FakeCall call, HashKeyConfig... keys) {
        return new HashKeys(List.of(keys)).of(call, RANDOM);
    }

    private static Cookie cookie(Duration ttl) {
        return new Cookie("session", ttl, "/shop", List.of(new Attribute("SameSite", "Lax")), false);
    }

    @Test
    void aHeaderIsHashedByItsValues() {
        Header header = new Header("user", false);
        assertThat(key(FakeCall.get("/").header("user", "jason"), header).hash())
                .isEqualTo(XxHash64.hash("jason"));
        FakeCall two = FakeCall.get("/").header("user", "b").header("user", "a");
        FakeCall other = FakeCall.get("/").header("user", "a").header("user", "b");
        assertThat(key(two, header).hash())
                .isEqualTo(key(other, header).hash())
                .isEqualTo(XxHash64.hash("b", XxHash64.hash("a")));
    }

    @Test
    void pseudoHeadersAreHashedToo() {
        assertThat(key(FakeCall.get("/a"), new Header(":path", false)).hash()).isEqualTo(XxHash64.hash("/a"));
    }

    @Test
    void aQueryParameterIsHashedDecoded() {
        FakeCall call = FakeCall.get("/").query("x=1&user=a%20b&user=c");
        assertThat(key(call, new QueryParameter("user", false)).hash()).isEqualTo(XxHash64.hash("a b"));
    }

    @Test
    void theOwnAddressStandsForTheCallers() {
        assertThat(key(FakeCall.get("/"), new SourceAddress("10.1.2.3", false)).hash())
                .isEqualTo(XxHash64.hash("10.1.2.3"));
    }

    @Test
    void keysCountTogetherUpToTheFirstTerminalOneThatIsThere() {
        FakeCall call = FakeCall.get("/").header("a", "1").header("b", "2");
        long both = Long.rotateLeft(XxHash64.hash("1"), 1) ^ XxHash64.hash("2");
        assertThat(key(call, new Header("a", false), new Header("b", false)).hash())
                .isEqualTo(both);
        assertThat(key(call, new Header("a", true), new Header("b", false)).hash())
                .isEqualTo(XxHash64.hash("1"));
        assertThat(key(call, new Header("x", true), new Header("b", false)).hash())
                .as("a terminal key that is absent ends nothing")
                .isEqualTo(XxHash64.hash("2"));
        assertThat(key(call, new Header("a", false), new Header("a", false)).hash())
                .as("equal keys do not cancel each other out")
                .isNotZero();
    }

    @Test
    void withoutAnyKeyTheHashIsRandom() {
        CallKey one = key(FakeCall.get("/"), new Header("user", false));
        assertThat(one.source()).isNull();
        assertThat(one.hash())
                .isNotEqualTo(key(FakeCall.get("/"), new Header("user", false)).hash());
    }

    @Test
    void aCookieIsFoundAmongOthers() {
        FakeCall call = FakeCall.get("/").header("cookie", "a=1; session=\"abc\"; xsession=2");
        CallKey key = key(call, cookie(Duration.ZERO));
        assertThat(key.hash()).isEqualTo(XxHash64.hash("abc"));
        assertThat(key.cookie()).isNull();
        assertThat(key(FakeCall.get("/").header("cookie", "asession=1; session2=3"), cookie(null))
                        .source())
                .isNull();
    }

    @Test
    void aMissingCookieIsMadeIfItHasALifetime() {
        FakeCall call = FakeCall.get("/").header("cookie", "a=1");
        CallKey made = key(call, cookie(Duration.ofSeconds(30)));
        List<String> written = new ArrayList<>();
        made.writeRequestHeaders(call, sink(written));
        made.writeResponseHeaders(sink(written));
        String value = made.cookie().pair().substring("session=".length());
        assertThat(made.hash()).as("the next call goes to the same endpoint").isEqualTo(XxHash64.hash(value));
        assertThat(written)
                .containsExactly(
                        "cookie: a=1; session=" + value,
                        "set-cookie: session=" + value + "; Max-Age=30; Path=/shop; SameSite=Lax; HttpOnly");
        assertThat(key(call, cookie(Duration.ZERO)).cookie().setCookie())
                .as("of the session")
                .doesNotContain("Max-Age");
        assertThat(key(call, cookie(null)).cookie()).isNull();
    }

    private static HeaderSink sink(List<String> written) {
        return new HeaderSink() {
            @Override
            public void set(String name, String value) {
                written.add(name + ": " + value);
            }

            @Override
            public void add(String name, String value) {
                written.add(name + ": " + value);
            }

            @Override
            public void remove(String name) {
                throw new AssertionError("nothing is removed");
            }
        };
    }
}
