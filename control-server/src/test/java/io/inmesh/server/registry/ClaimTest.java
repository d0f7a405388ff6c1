package io.inmesh.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.fixture.Workloads;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private static final RegisteredWorkload REVIEWS = Workloads.running("reviews", "v1", "10.0.0.1");
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    @Test
    void isReadAsItWasWritten() throws Exception {
        Claim claim = new Claim(REVIEWS, "a", 3);

        assertThat(Claim.read(claim.bytes())).isEqualTo(claim);
    }

    @Test
    void olderServersReadWhatNewerWriteAndTheReverse() throws Exception {
        assertThat(JSON.readValue(new Claim(REVIEWS, "a", 3).bytes(), RegisteredWorkload.class))
                .isEqualTo(REVIEWS);
        assertThat(Claim.read(JSON.writeValueAsBytes(REVIEWS))).isEqualTo(new Claim(REVIEWS, "", 0));
    }

    @Test
    void whatIsNoneIsAnError() {
        for (String text : new String[] {"{", "{}", "[]", "3"}) {
            assertThatThrownBy(() -> Claim.read(text.getBytes(UTF_8))).as(text).isInstanceOf(IOException.class);
        }
    }
}
