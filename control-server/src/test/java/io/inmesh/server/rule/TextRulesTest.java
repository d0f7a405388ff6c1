package io.inmesh.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.time.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations, host names and addresses as rules write them. */
class TextRulesTest {
    @ParameterizedTest
    @CsvSource({
        "7s,7000000000",
        "1.5s,1500000000",
        "100ms,100000000",
        "1h30m,5400000000000",
        "0s,0",
        "-1s,-1000000000",
        "250us,250000"
    })
    void aDurationIsRead(String text, long nanos) {
        assertThat(Durations.parse(text)).contains(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "1 s", "1d", "1s2", "1e3s", "999999999999999h"})
    void whatIsNoDurationIsNotRead(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "reviews,reviews.ns.svc.cluster.local",
        "Reviews,reviews.ns.svc.cluster.local",
        "reviews.other,reviews.other",
        "www.example.com.,www.example.com",
        "*.example.com,*.example.com"
    })
    void aHostIsResolvedInTheNamespaceOfItsRule(String host, String expected) {
        assertThat(HostName.resolve(host, "ns", "cluster.local")).isEqualTo(expected);
    }

    @Test
    void exactBeatsWildcardAndALongerWildcardBeatsAShorterOne() {
        Map<String, Integer> values = new LinkedHashMap<>();
        values.put("*", 1);
        values.put("*.example.com", 2);
        values.put("*.a.example.com", 3);
        values.put("x.a.example.com", 4);
        HostTable<Integer> table = new HostTable<>(values);

        assertThat(table.covering("x.a.example.com")).containsExactly(4, 3, 2, 1);
        assertThat(table.find("y.a.example.com")).contains(3);
        assertThat(table.find("other.org")).contains(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.2.3.4", "255.255.255.255", "::", "::1", "fd00::1:2", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"})
    void anAddressIsRecognized(String text) {
        assertThat(IpAddresses.valid(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.256",
                "01.2.3.4.5",
                "1:2",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "name",
                "::g"
            })
    void whatIsNoAddressIsNot(String text) {
        assertThat(IpAddresses.valid(text)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,true",
        "10.0.0.0/33,false",
        "::/128,true",
        "::/129,false",
        "10.0.0.1,true",
        "10.0.0.0/,false"
    })
    void aBlockHasAPrefixLengthThatFits(String text, boolean valid) {
        assertThat(IpAddresses.validBlock(text)).isEqualTo(valid);
    }
}
