package io.inmesh.server.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import java.security.SecureRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What stands for keys that could not be had. */
class NobodysKeyTest {

    /** The library checks that the point is on the curve. */
    @RepeatedTest(5)
    void itIsASoundPublicKeyWithoutItsPrivateOne() throws Exception {
        ECKey key = (ECKey)
                JWKSet.parse(NobodysKey.jwks(new SecureRandom())).getKeys().get(0);
        assertThatCode(key::toECPublicKey).doesNotThrowAnyException();
        assertThat(key.isPrivate()).isFalse();
    }

    /** CVE-2026-31837. */
    @Test
    void noTwoProcessesHaveTheSame() {
        assertThat(NobodysKey.jwks(new SecureRandom())).isNotEqualTo(NobodysKey.jwks(new SecureRandom()));
    }
}
