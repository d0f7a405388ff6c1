package io.inmesh.xds.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.xds.cel.Condition.And;
import io.inmesh.xds.cel.Condition.Compare;
import io.inmesh.xds.cel.Condition.Constant;
import io.inmesh.xds.cel.Condition.Not;
import io.inmesh.xds.cel.Condition.Or;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {

    private static final Compare ERROR = new Compare("response.code", "", ">=", 400L);
    private static final Compare PLAIN = new Compare("connection.mtls", "", "==", false);

    @Test
    void readsWhatIstiosDocumentationShows() {
        assertThat(Condition.parse("response.code >= 400")).isEqualTo(ERROR);
        assertThat(Condition.parse("response.code>=400 || connection.mtls == false"))
                .isEqualTo(new Or(ERROR, PLAIN));
    }

    @Test
    void andBindsTighterThanOrAndParenthesesTighterStill() {
        Compare get = new Compare("request.method", "", "==", "GET");
        assertThat(Condition.parse("response.code >= 400 || connection.mtls == false && request.method == 'GET'"))
                .isEqualTo(new Or(ERROR, new And(PLAIN, get)));
        assertThat(Condition.parse("(response.code >= 400 || connection.mtls == false) && request.method == \"GET\""))
                .isEqualTo(new And(new Or(ERROR, PLAIN), get));
        assertThat(Condition.parse("!connection.mtls"))
                .isEqualTo(new Not(new Compare("connection.mtls", "", "==", true)));
        assertThat(Condition.parse("false")).isEqualTo(new Constant(false));
    }

    @Test
    void readsHeadersAndDurations() {
        assertThat(Condition.parse("request.headers['X-Debug'] != ''"))
                .isEqualTo(new Compare("request.headers", "x-debug", "!=", ""));
        assertThat(Condition.parse("request.duration > duration('1.5s')"))
                .isEqualTo(new Compare("request.duration", "", ">", 1500L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "response.size > 5 | response.size",
                "response.code > 'x' | whole number",
                "request.method > 'GET' | no order",
                "request.method == GET | text in quotes",
                "response.code >= 400 && | ends at position",
                "(response.code >= 400 | )",
                "response.code >= 400 response.code | the end",
                "request.duration > 5 | duration(",
                "request.duration > duration('soon') | no duration",
                "has(request.headers) | not among",
                "response.code | one of ==",
                "request.method.startsWith('G') | not among",
                "request.method == 'a\\'b' | text in quotes",
            })
    void saysWhatIsBeyondIt(String expression, String why) {
        assertThatThrownBy(() -> Condition.parse(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void isBoundedInLengthAndDepth() {
        assertThatThrownBy(() -> Condition.parse("!".repeat(100) + "connection.mtls"))
                .hasMessageContaining("deep");
        assertThatThrownBy(() -> Condition.parse(" ".repeat(5000))).hasMessageContaining("longer");
    }
}
