package io.inmesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedPathTest {

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a/b.c~d, /a/b.c~d",
        "/a b, /a%20b",
        "/%, /%25",
        "/a%20b, /a%2520b",
        "/a?b#c, /a%3Fb%23c",
        "/a;b, /a%3Bb",
        "/é/😀, /%C3%A9/%F0%9F%98%80",
        "/{a}|^`\"<>, /%7Ba%7D%7C%5E%60%22%3C%3E",
    })
    void whatIsNoPlainCharacterOfAPathIsEncoded(String canonical, String encoded) {
        assertThat(EncodedPath.of(canonical)).isEqualTo(encoded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2520b", "/a;p=1/b", "/%C3%A9", "/a@b:c", "/'(x)*,+!$&=~", "/%7e", "/a/./b"})
    void decodedOnceItIsTheCanonicalPathAgain(String raw) {
        CanonicalPath canonical = CanonicalPath.of(raw);
        assertThat(canonical.suspicious()).isNull();
        assertThat(CanonicalPath.of(EncodedPath.of(canonical.path())).path()).isEqualTo(canonical.path());
    }
}
