package io.inmesh.server.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import io.inmesh.server.ca.Attestor;
import io.inmesh.server.fixture.FakeTime;
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
    void withoutAnyKeysNothingIsDecided() {
        published = "";

        assertThatThrownBy(() -> keys.candidates("k1"))
                .isInstanceOf(Attestor.Undecided.class)
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
