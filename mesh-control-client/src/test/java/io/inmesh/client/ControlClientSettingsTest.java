package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlClientSettingsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INMESH_ADDRESS    | reviews 1         | is no IP address, nor a host name",
                "INMESH_ADDRESS    | 10.0.0.1:8080     | is no IP address",
                "INMESH_ADDRESS    | [::1]             | is no IP address",
                "INMESH_ADDRESS    | 10.0.0            | is no IP address",
                "INMESH_LOCALITY   | /a                | write region, region/zone or region/zone/subzone",
                "INMESH_LOCALITY   | eu//x             | write region, region/zone or region/zone/subzone",
                "INMESH_LOCALITY   | eu/a/x/1          | write region, region/zone or region/zone/subzone",
                "INMESH_LABELS     | app               | must be name=value pairs",
                "INMESH_XDS_MODE   | fast              | must be delta or sotw",
                "INMESH_SERVICE    | Reviews           | is not a name",
                "INMESH_CONTROL    | localhost         | write host:port",
            })
    void aValueThatCannotBeReadIsNamedWithTheRemedy(String setting, String value, String message) {
        assertThatThrownBy(() -> with(setting, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(setting)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reviews-1.example", "10.0.0.1", "::1", "2001:db8::7", "::ffff:10.0.0.1"})
    void addressesAreTakenAsTheyAre(String address) {
        assertThat(with("INMESH_ADDRESS", address).address()).isEqualTo(address);
    }

    /** Zones may be unknown where a template fills them in. */
    @ParameterizedTest
    @ValueSource(strings = {"", "/", "//", "eu", "eu/", "eu//", "eu/a", "eu/a/", "eu/a/x"})
    void partsOfALocalityMayBeMissingFromItsEnd(String locality) {
        assertThat(with("INMESH_LOCALITY", locality).locality()).isEqualTo(locality);
    }

    private static ControlClientSettings with(String setting, String value) {
        Map<String, String> environment =
                new HashMap<>(Map.of("INMESH_CONTROL", "localhost:15012", "INMESH_SERVICE", "reviews"));
        environment.put(setting, value);
        return ControlClientSettings.fromEnvironment(environment);
    }
}
