package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How passwords are kept. */
class PasswordHashTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    @Test
    void aNewHashIsArgon2idAsOwaspAdvisesAndReadsBack() {
        String text = PasswordHash.of("correct horse battery", RANDOM).text();

        assertThat(text).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(PasswordHash.parse(text).matches("correct horse battery")).isTrue();
        assertThat(PasswordHash.parse(text).matches("correct horse batterz")).isFalse();
    }

    @Test
    void theSamePasswordHasAnotherHashEachTime() {
        assertThat(PasswordHash.of("correct horse battery", RANDOM).text())
                .isNotEqualTo(PasswordHash.of("correct horse battery", RANDOM).text());
    }

    @Test
    void noHashIsPrinted() {
        PasswordHash hash = PasswordHash.of("correct horse battery", RANDOM);

        assertThat(hash.toString()).isEqualTo("Argon2id hash (m=19456, t=2, p=1)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    correct horse battery                                          | no Argon2id hash
                    $2a$10$abcdefghijklmnopqrstuv                                  | no Argon2id hash
                    $argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g  | no Argon2id hash
                    $argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g | too cheap
                    $argon2id$v=19$m=9999999,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g | costs too much
                    $argon2id$v=19$m=19456,t=99,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g | costs too much
                    """)
    void weakAndRuinousHashesAreRefused(String text, String complaint) {
        assertThatThrownBy(() -> PasswordHash.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint);
    }
}
