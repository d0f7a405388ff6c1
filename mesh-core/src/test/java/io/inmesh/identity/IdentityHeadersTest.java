package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityHeadersTest {

    @ParameterizedTest
    @CsvSource({
        "x-forwarded-client-cert, true",
        "X-Forwarded-Client-Cert, true",
        "x-inmesh-peer, true",
        "X-INMESH-anything, true",
        "x-forwarded-for, false",
        "x-inmes, false",
        "authorization, false",
    })
    void hidesWhatClaimsAnIdentity(String name, boolean hidden) {
        assertThat(IdentityHeaders.hides(name)).isEqualTo(hidden);
    }
}
