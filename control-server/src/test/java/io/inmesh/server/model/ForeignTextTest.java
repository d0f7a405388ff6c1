package io.inmesh.server.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What others have written, made harmless. */
class ForeignTextTest {

    @Test
    void whatTerminalsObeyIsTakenOut() {
        assertThat(ForeignText.clean("a\u001b[31mb\u0000\u009bc\u202ed")).isEqualTo("a?[31mb??c?d");
        assertThat(ForeignText.clean("reviews-v1 \u00fc \u6f22")).isEqualTo("reviews-v1 \u00fc \u6f22");
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        assertThat(ForeignText.clean("a\ud83d\ude00b", 2)).isEqualTo("a\ud83d\ude00");
        assertThat(ForeignText.clean("ab", 2)).isEqualTo("ab");
    }
}
