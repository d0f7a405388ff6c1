package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CanICommandTest {

    @ParameterizedTest
    @CsvSource({
        "reviews, reviews",
        "reviews:9080, reviews:9080",
        "reviews.shop.svc.cluster.local:9080, reviews.shop.svc.cluster.local:9080",
        "shop/reviews, reviews.shop",
        "shop/reviews:9080, reviews.shop:9080"
    })
    void whomItAsksAboutMayBeWrittenInBothWays(String written, String host) {
        assertThat(CanICommand.host(written)).isEqualTo(host);
    }

    @Test
    void aHeaderWithoutValueIsSpokenOfInOneBreath() {
        StringWriter err = new StringWriter();

        int code = MeshCtl.run(
                new CommandLine(new MeshCtl()).setErr(new PrintWriter(err)), "can-i", "a", "b", "GET", "/", "-H", "x");

        assertThat(code).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("option '--header'").doesNotContain("option option");
    }
}
