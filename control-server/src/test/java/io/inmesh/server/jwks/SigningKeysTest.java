package io.inmesh.server.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.TestIssuer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SigningKeysTest {

    private static final JWK FIRST = TestIssuer.ec("k1");
    private static final JWK SECOND = TestIssuer.ec("k2");

    private final FakeTime time = new FakeTime();
    private final AtomicInteger asked = new AtomicInteger();
    private String published = TestIssuer.set(FIRST);
    private final SigningKeys keys = new SigningKeys("issuer", this::read, time);

    @Test
    void areAskedForOnceWhileTheyAreFresh() throws Exception {
        keys.candidates("k1");
        keys.candidates("k1");
        keys.candidates(null);

        assertThat(asked).hasValue(1);
    }

    @Test
    void aNewKeyIsFoundWhenATokenNamesIt() throws Exception {
        keys.candidates("k1");
        published = TestIssuer.set(FIRST, SECOND);
        time.advance(SigningKeys.PAUSE);

        assertThat(keys.candidates("k2")).hasSize(1);
    }

    @Test
    void madeUpNamesAskTheIssuerNowAndThenOnly() throws Exception {
        keys.candidates("k1");
        for (int i = 0; i < 100; i++) {
            assertThat(keys.candidates("made-up-" + i)).isEmpty();
        }
        assertThat(asked).hasValue(1);
        time.advance(SigningKeys.PAUSE);
        keys.candidates("made-up");
        assertThat(asked).hasValue(2);
    }

    @Test
    void aWithdrawnKeyIsRefusedOnceTheKeysAreOld() throws Exception {
        keys.candidates("k1");
        published = TestIssuer.set(SECOND);
        time.advance(SigningKeys.FRESH.plusSeconds(1));

        assertThat(keys.candidates("k1")).isEmpty();
    }

    @Test
    void theLastGoodOnesStayWhenTheIssuerIsAwayOrSaysNonsense() throws Exception {
        keys.candidates("k1");
        for (String answer : new String[] {"", "{}", "{\"keys\":[]}", "<html>"}) {
            published = answer;
            time.advance(SigningKeys.FRESH.plus(Duration.ofSeconds(1)));
            assertThat(keys.candidates("k1")).hasSize(1);
        }
    }

    @Test
    void anIssuerThatIsAwayIsAskedEverLessOften() {
        published = "";
        for (int second = 0; second < 600; second++) {
            assertThatThrownBy(() -> keys.candidates("k1")).isInstanceOf(SigningKeys.NoKeys.class);
            time.advance(Duration.ofSeconds(1));
        }
        // After 20, 40, 80, 160 and 320 seconds: at 0, 20, 60, 140 and 300.
        assertThat(asked).hasValue(5);
    }

    @Test
    void anIssuerThatIsBackIsAskedAsUsual() throws Exception {
        published = "";
        assertThatThrownBy(() -> keys.candidates("k1")).isInstanceOf(SigningKeys.NoKeys.class);
        published = TestIssuer.set(FIRST);
        time.advance(SigningKeys.PAUSE);
        assertThat(keys.candidates("k1")).hasSize(1);
        time.advance(SigningKeys.PAUSE);
        keys.candidates("made-up");
        assertThat(asked).hasValue(3);
    }

    @Test
    void aKeyThatCannotBeReadDoesNotHideTheOthers() throws Exception {
        published =
                TestIssuer.set(FIRST).replace("[{", "[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"},{");
        assertThat(keys.candidates("k1")).hasSize(1);
    }

    @Test
    void aSetOfTooManyKeysOrOctetsIsNone() {
        published = "{\"keys\":[" + "{},".repeat(100) + "{}]}";
        assertThatThrownBy(() -> keys.candidates("k1")).isInstanceOf(SigningKeys.NoKeys.class);
        published = TestIssuer.set(FIRST) + " ".repeat(256 * 1024);
        time.advance(Duration.ofHours(1));
        assertThatThrownBy(() -> keys.candidates("k1")).isInstanceOf(SigningKeys.NoKeys.class);
    }

    @Test
    void withoutAnyKeysNothingIsDecided() {
        published = "";

        assertThatThrownBy(() -> keys.candidates("k1"))
                .isInstanceOf(SigningKeys.NoKeys.class)
                .hasMessageContaining("keys of issuer cannot be had");
    }

    private String read() throws IOException {
        asked.incrementAndGet();
        if (published.isEmpty()) {
            throw new IOException("away");
        }
        return published;
    }
}
