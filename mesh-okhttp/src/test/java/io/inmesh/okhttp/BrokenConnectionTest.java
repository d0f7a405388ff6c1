package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import java.io.IOException;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection that breaks in the middle of a call: repeated as the route says, and never behind the engine's back. */
final class BrokenConnectionTest {

    @RegisterExtension
    final Net net = new Net();

    private final WireMockServer broken = new WireMockServer(
            WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());

    @BeforeEach
    void start() {
        broken.start();
    }

    @AfterEach
    void stop() {
        broken.stop();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE"})
    void isRepeatedForGetAndNotForPostWhichTheServerMayHaveActedOn(Fault fault) {
        OkHttpClient client = failing(fault, Net.config(cluster()));

        assertThatThrownBy(() -> Net.call(client, post())).isInstanceOf(IOException.class);
        assertThat(requests()).isEqualTo(1);

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(IOException.class);
        assertThat(requests()).isEqualTo(1 + 3);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE"})
    void isNotRepeatedWhereTheRouteForbidsIt(Fault fault) {
        OkHttpClient client = failing(fault, Net.config(cluster(), route -> route.withRetry(RetryConfig.NONE)));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(IOException.class);

        assertThat(requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE"})
    void isRepeatedAsOftenAsTheRouteSays(Fault fault) {
        OkHttpClient client =
                failing(fault, Net.config(cluster(), route -> route.withRetry(Net.retries(2, Condition.RESET))));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(IOException.class);

        assertThat(requests()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE"})
    void isRepeatedOnAnotherEndpoint(Fault fault) throws IOException {
        MockWebServer good = net.answering("good");
        OkHttpClient client = failing(
                fault,
                Net.config(
                        cluster().endpoint("127.0.0.1", good.getPort()),
                        route -> route.withRetry(Net.retries(1, Condition.RESET))));

        for (int i = 0; i < 10; i++) {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 good");
        }

        assertThat(requests()).isPositive();
    }

    private OkHttpClient failing(Fault fault, MeshConfig config) {
        broken.stubFor(
                WireMock.any(WireMock.anyUrl()).willReturn(WireMock.aResponse().withFault(fault)));
        return net.client(config);
    }

    private int requests() {
        return broken.countRequestsMatching(
                        WireMock.anyRequestedFor(WireMock.anyUrl()).build())
                .getCount();
    }

    private ClusterConfig cluster() {
        return ClusterConfig.of("reviews")
                .withLoadBalancer(LoadBalancer.ROUND_ROBIN)
                .endpoint("127.0.0.1", broken.port());
    }

    private static Request post() {
        return new Request.Builder()
                .url(Net.REVIEWS)
                .post(RequestBody.create("order", null))
                .build();
    }
}
