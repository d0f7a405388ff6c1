package io.inmesh.server.lrs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What callers say about endpoints is kept within bounds. */
class UnusableEndpointsTest {

    private static final UnusableEndpoint ONE = new UnusableEndpoint(
            "default", "productpage-v1", "reviews.default.svc.cluster.local", "10.0.0.1", 9080, "ejected", "5xx");

    private static final String WHO = "default/productpage";

    private final UnusableEndpoints endpoints = new UnusableEndpoints();

    @Test
    void aReportWithoutEndIsReadToItsBoundOnly() {
        endpoints.replace(this, WHO, Stream.generate(() -> ONE));
        assertThat(endpoints.all()).hasSize(UnusableEndpoints.MAX_OF_A_CALLER);
    }

    @Test
    void theNewestReportCountsUntilTheCallerLeaves() {
        endpoints.replace(this, WHO, Stream.of(ONE, ONE));
        endpoints.replace(this, WHO, Stream.of(ONE));
        assertThat(endpoints.all()).containsExactly(ONE);
        endpoints.replace(this, WHO, Stream.empty());
        assertThat(endpoints.all()).isEmpty();
        endpoints.replace(this, WHO, Stream.of(ONE));
        endpoints.left(this);
        assertThat(endpoints.all()).isEmpty();
    }

    @Test
    void hostileServiceAccountWithManyStreamsKeepsNobodyElseOut() {
        for (int stream = 0; stream < 30; stream++) {
            endpoints.replace(stream, WHO, Stream.generate(() -> ONE));
        }
        endpoints.replace("another", "default/reviews", Stream.of(ONE));
        assertThat(endpoints.all()).hasSize(UnusableEndpoints.MAX_OF_IDENTITY + 1);

        for (int stream = 0; stream < 30; stream++) {
            endpoints.left(stream);
        }
        endpoints.replace("another stream", WHO, Stream.of(ONE));
        assertThat(endpoints.all()).hasSize(2);
    }
}
