package io.inmesh.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses in headers: one reading, or none. */
class AddressLiteralTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "192.0.2.1:4711, 192.0.2.1",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "2001:DB8::1, 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1]:4711, 2001:db8:0:0:0:0:0:1",
        "::1, 0:0:0:0:0:0:0:1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "[::ffff:c000:201]:1, 192.0.2.1"
    })
    void addressesAreReadWithAndWithoutPort(String text, String address) {
        InetAddress parsed = AddressLiteral.parse(text);
        assertThat(parsed).isNotNull();
        assertThat(parsed.getHostAddress()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "unknown",
                "_hidden",
                "localhost",
                "example.com",
                "1",
                "10.1",
                "3221225985",
                "0xc0000201",
                "010.0.0.1",
                "10.0.0.256",
                "10.0.0.999",
                "10.0.0",
                "10.0.0.1.",
                "10.0.0.1.2",
                "10.0.0.1 ",
                "10.0.0.-1",
                "10.0.0.1:",
                "10.0.0.1:x",
                "10.0.0.1:123456",
                "10.0.0.1/8",
                "١٠.0.0.1",
                "\"10.0.0.1\"",
                "[10.0.0.1]",
                "[::1",
                "[::1]x",
                "[::1]:",
                "[]",
                "::1]",
                "2001:db8::1%eth0",
                "[fe80::1%1]:80",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                ":",
                "::g",
                "for=10.0.0.1",
                "10.0.0.1;10.0.0.2"
            })
    void whatSomebodyCouldReadOtherwiseIsNoAddress(String text) {
        assertThat(AddressLiteral.parse(text)).isNull();
    }

    @Test
    void textsOfAnyLengthAreJudgedWithoutLookingThemUp() {
        assertThat(AddressLiteral.parse("a:".repeat(100_000))).isNull();
        assertThat(AddressLiteral.parse("1.".repeat(100_000))).isNull();
    }
}
