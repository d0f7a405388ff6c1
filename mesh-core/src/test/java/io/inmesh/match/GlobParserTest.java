package io.inmesh.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GlobParserTest {

    private static final int TEXTS = 20_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                ".*",
                ".+",
                ".*/ns/a/.*",
                "spiffe://.*b",
                "a.+b.*a",
                "a.*.+.*b",
                "a.+.+",
                "a\\.b",
                "\\Qa.b\\E.*",
                "\\Qa\\E",
                "\\Qa",
                "(a|b)",
                "(a|)b",
                "a(/.+)?",
                "a/(.+/|)b(/.+)?",
                "(a(b|.*)|/)",
                ".*a.*a.*a",
                "(.*,)?a(,.*)?"
            })
    void meansTheSameAsTheExpression(String pattern) {
        Glob[] globs = GlobParser.parse(pattern);
        assertThat(globs).isNotNull();
        Pattern expression = Pattern.compile(pattern);
        Random random = new Random(pattern.hashCode());
        List<String> words = List.of("a", "b", "/", ".", ",", "a/b", "/ns/a/", "spiffe://", "");
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(7); length > 0; length--) {
                text.append(words.get(random.nextInt(words.size())));
            }
            String value = text.toString();
            assertThat(Arrays.stream(globs).anyMatch(glob -> glob.matches(value)))
                    .as("\"%s\" against %s", value, pattern)
                    .isEqualTo(expression.matches(value));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a*",
                "a?",
                ".",
                "a.b",
                ".*?",
                ".+?",
                "a{2}",
                "[ab]",
                "[^/]+",
                "a|b",
                "^a",
                "a$",
                "(?i)a",
                "(a|b)*",
                "(a",
                "a)",
                "\\d",
                "\\",
                "(a|b)(a|b)(a|b)(a|b)(a|b)",
                ".**",
                "\\Qa\\E*"
            })
    void leavesWhatIsMoreToTheExpression(String pattern) {
        assertThat(GlobParser.parse(pattern)).isNull();
    }
}
