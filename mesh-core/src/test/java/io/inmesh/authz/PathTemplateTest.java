package io.inmesh.authz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathTemplateTest {

    @ParameterizedTest
    @CsvSource({
        "/a/b, /a/b, true",
        "/a/b, /a/b/, false",
        "/a/{*}, /a/b, true",
        "/a/{*}, /a/*, true",
        "/a/{*}, /a/, false",
        "/a/{*}, /a/b/c, false",
        "/{*}/b, /x/b, true",
        "/{*}/b, //b, false",
        "/a/{*}/c/{*}, /a/b/c/d, true",
        "/a/{**}, /a/, true",
        "/a/{**}, /a/b/c, true",
        "/a/{**}, /a, false",
        "/a/{**}, /ab, false",
        "/{**}, /, true",
        "/{**}/end, /x/y/end, true",
        "/{**}/end, /end, false",
        "/{**}/end, /x/bend, false",
        "/{*}/b/{**}, /x/b/y/z, true",
    })
    void matchesSegments(String template, String path, boolean matches) {
        assertThat(PathTemplate.compile(template).matches(path)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "/{**}/a/{*}", "/{**}/{**}", "/a/{*}.txt", "/a/*", "/a/{x}", "/{***}"})
    void refusesTemplatesThatMeanNothing(String template) {
        assertThatThrownBy(() -> PathTemplate.compile(template))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(template);
    }
}
