package io.inmesh.bench.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HopsTest {

    @Test
    void countsCallsOfCallersAndThoseThatFailed() {
        Hops hops = Hops.read("""
                # TYPE http_client_request_duration_seconds histogram
                http_client_request_duration_seconds_bucket{error_type="none",le="0.1"} 90
                http_client_request_duration_seconds_count{error_type="none",server_address="details"} 90
                http_client_request_duration_seconds_count{error_type="503",server_address="details"} 2
                http_client_request_duration_seconds_count{server_address="reviews"} 7
                http_server_request_duration_seconds_count{error_type="500"} 40
                rpc_client_call_duration_seconds_count{error_type="UNAVAILABLE"} 1.0
                rpc_client_call_duration_seconds_count{error_type=""} 5
                """);

        assertThat(hops).isEqualTo(new Hops(105, 3));
        assertThat(hops.since(new Hops(100, 3))).isEqualTo(new Hops(5, 0));
    }
}
