package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What is to follow on a line that is not finished. */
class TypedLineTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`meshctl get virtualservices `                 | RESOURCES",
                "`meshctl get virtualservices re`               | RESOURCES",
                "`meshctl get -n shop -o json virtualservices ` | RESOURCES",
                "`meshctl get virtualservices -n `              | NAMESPACES",
                "`meshctl get virtualservices --namespace sh`   | NAMESPACES",
                "`meshctl --context pro`                        | CONTEXTS",
                "`meshctl status --context `                    | CONTEXTS",
                "`meshctl --server http://127.0.0.1:1 drain `   | INSTANCES",
                "`meshctl undrain `                             | DRAINED",
                "`meshctl inspect routes `                      | SERVICES_AND_PROCESSES",
                "`meshctl tap `                                 | SERVICES_AND_PROCESSES",
                "`meshctl log re`                               | SERVICES_AND_PROCESSES",
                "`meshctl rollout pause `                       | ROLLOUTS",
                "`meshctl context use `                         | CONTEXTS",
                "`meshctl delete virtualservices a `            | KINDS_AND_RESOURCES",
                "`meshctl endpoints `                           | SERVICES",
            })
    void namesAreOffered(String line, Offer offer) {
        assertThat(of(line).offer()).contains(offer);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "``",
                "`meshctl`",
                "`meshctl `",
                "`meshctl no-such-command `",
                "`meshctl get `",
                "`meshctl get virtualservices a `",
                "`meshctl get virtualservices -o `",
                "`meshctl get virtualservices -`",
                "`meshctl inspect `",
                "`meshctl context add `",
            })
    void nothingIsOfferedWhereNamesDoNotBelong(String line) {
        assertThat(of(line).offer()).isEmpty();
    }

    @Test
    void whatStandsBeforeIsKept() {
        TypedLine line = of("meshctl --context 'my own' get -n=shop \"virtualservices\" re\\ v");

        assertThat(line.options()).isEqualTo(Map.of("--context", "my own", "--namespace", "shop"));
        assertThat(line.words()).containsExactly("virtualservices");
        assertThat(line.last()).isEqualTo("re v");
    }

    @Test
    void aQuoteThatIsStillOpenIsNoMistake() {
        assertThat(of("meshctl get virtualservices 'revi").last()).isEqualTo("revi");
        assertThat(of("meshctl get virtualservices ").last()).isEmpty();
        assertThat(of("meshctl get virtualservices \\").last()).isEqualTo("\\");
    }

    @Test
    void optionsThatAreNotKnownArePassedOver() {
        assertThat(of("meshctl get --no-such virtualservices ").offer()).isEqualTo(Optional.of(Offer.RESOURCES));
    }

    private static TypedLine of(String line) {
        return TypedLine.of(new CommandLine(new MeshCtl()).getCommandSpec(), line);
    }
}
