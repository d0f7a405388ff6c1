package io.inmesh.server.lrs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What callers say about endpoints is kept within bounds. */
class UnusableEndpointsTest {

    private static final UnusableEndpoint ONE = new UnusableEndpoint(
            "default", "productpage-v1", "reviews.default.svc.cluster.local", "10.0.0.1", 9080, "ejected", "5xx");

    private final UnusableEndpoints endpoints = new UnusableEndpoints();

    @Test
    void aReportWithoutEndIsReadToItsBoundOnly() {
        endpoints.replace(this, Stream.generate(() -> ONE));
        assertThat(endpoints.all()).hasSize(UnusableEndpoints.MAX_OF_A_CALLER);
    }

    @Test
    void theNewestReportCountsUntilTheCallerLeaves() {
        endpoints.replace(this, Stream.of(ONE, ONE));
        endpoints.replace(this, Stream.of(ONE));
        assertThat(endpoints.all()).containsExactly(ONE);
        endpoints.replace(this, Stream.empty());
        assertThat(endpoints.all()).isEmpty();
        endpoints.replace(this, Stream.of(ONE));
        endpoints.left(this);
        assertThat(endpoints.all()).isEmpty();
    }
}
