package io.inmesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalPathTest {

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a, /a",
        "/a/b, /a/b",
        "/a/, /a/",
        "/a.b/c..d, /a.b/c..d",
        "/.well-known/x, /.well-known/x",
        "/..., /...",
        "//, /",
        "//admin, /admin",
        "/a//b, /a/b",
        "/a///b//, /a/b/",
        "/./a, /a",
        "/a/./b, /a/b",
        "/a/., /a/",
        "/a/../b, /b",
        "/a/b/.., /a/",
        "/a/b/../../c, /c",
        "/a;x=y, /a",
        "/a;x=y/b;z, /a/b",
        "/a;, /a",
        "/a%20b, /a b",
        "/%61dmin, /admin",
        "/a%3Bb, /a;b",
        "/a%3fb, /a?b",
        "/a%23b, /a#b",
        "/a%25b, /a%b",
        "/a%252Fb, /a%2Fb",
        "/caf%C3%A9, /café",
        "/%F0%9F%98%80, /😀",
        "/a+b, /a+b",
        "/*:@!$&'()=~_-, /*:@!$&'()=~_-",
        "/pkg.Service/Method, /pkg.Service/Method",
    })
    void readsOneCanonicalForm(String raw, String canonical) {
        CanonicalPath path = CanonicalPath.of(raw);
        assertThat(path.suspicious()).isNull();
        assertThat(path.path()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "*",
                "../a",
                "/..",
                "/../a",
                "/a/../..",
                "/a/../../b",
                "/a#b",
                "/#",
                "/a?b",
                "/a%2Fb",
                "/a%2fb",
                "/%2F",
                "/a/%2e%2e/b",
                "/a/.%2E/b",
                "/%2e/b",
                "/a/..;/b",
                "/a/..;x=y/b",
                "/.;/a",
                "/;/a",
                "//;x/a",
                "/a/;",
                "/a\\b",
                "/a%5Cb",
                "/a%5cb",
                "/a\\..\\b",
                "/a%00",
                "/a%0Ab",
                "/a%1f",
                "/a%7F",
                "/a\nb",
                "/a\u0000",
                "/a b",
                "/é",
                "/a%",
                "/a%2",
                "/a%zz",
                "/a%+1",
                "/a%u002f",
                "/%C3",
                "/%C3%28",
                "/%C0%AF",
                "/%ED%A0%80",
                "/%FF"
            })
    void refusesWhatCanBeReadInTwoWays(String raw) {
        CanonicalPath path = CanonicalPath.of(raw);
        assertThat(path.suspicious()).isNotNull();
        assertThat(path.path()).isEqualTo(raw);
    }

    @Test
    void keepsTheStringOfAPlainPath() {
        String raw = "/reviews/1";
        assertThat(CanonicalPath.of(raw).path()).isSameAs(raw);
    }
}
