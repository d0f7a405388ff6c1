package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.InboundConfig.Mtls;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A caller may ask how loaded the server is: on a response, or by a request for nothing else. */
class LoadReportTest {

    private static final String ASK = "x-inmesh-ask-load: 1";
    private static final String REPORT = "endpoint-load-metrics";

    private final AtomicInteger worked = new AtomicInteger();
    private final Application application = new Application().on("/*", (request, response) -> {
        worked.incrementAndGet();
        response.getWriter().print(request.getHeader("x-inmesh-ask-load"));
    });

    @ParameterizedTest
    @EnumSource
    void theLoadIsSaidOnResponsesToThoseWhoAskOnly(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            assertThat(head(service.client().get("/see"))).doesNotContain(REPORT);
            RawClient.Reply asked = service.client().get("/see", ASK);
            assertThat(head(asked)).contains(REPORT + ": text named_metrics.rif=0");
            assertThat(asked.body()).as("hidden from the application").contains("null");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(head(service.client().get("/see", ASK)))
                    .as("measured since it was asked for")
                    .contains("named_metrics.service_time_seconds=");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProbeIsAnsweredWithoutTheApplicationAndCountsNowhere(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            RawClient.Reply reply = service.client().get("/.inmesh/load", ASK);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(head(reply)).contains(REPORT + ": text named_metrics.rif=0");
            assertThat(worked).hasValue(0);
            assertThat(service.ends.started()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theApplicationMayServeThatPathItself(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/.inmesh/load").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(worked).hasValue(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStrictServerTellsPeers(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.STRICT)) {
            assertThat(head(service.client("productpage").get("/.inmesh/load", ASK)))
                    .contains(REPORT);
            assertThat(worked).hasValue(0);
        }
    }

    private static String head(RawClient.Reply reply) {
        String text = reply.text();
        return text.substring(0, text.indexOf("\r\n\r\n")).toLowerCase(java.util.Locale.ROOT);
    }
}
