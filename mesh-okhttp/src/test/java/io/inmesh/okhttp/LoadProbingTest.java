package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.load.LoadHeaders;
import io.inmesh.observe.MeshObserver;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers are asked for their load where a cluster is balanced by it, and calls go by what they say. */
final class LoadProbingTest {

    @RegisterExtension
    final Net net = new Net();

    private final BlockingQueue<Boolean> probes = new LinkedBlockingQueue<>();

    @Test
    void callsGoWhereServersSayTheyAreFree() throws IOException {
        AtomicInteger callsOfBusy = new AtomicInteger();
        MockWebServer busy = reporting("TEXT named_metrics.rif=500,named_metrics.service_time_seconds=2", callsOfBusy);
        AtomicInteger callsOfFree = new AtomicInteger();
        MockWebServer free =
                reporting("TEXT named_metrics.rif=0,named_metrics.service_time_seconds=0.001", callsOfFree);
        OkHttpClient client = client(LoadBalancer.PROBING, busy, free);
        for (int i = 0; i < 200; i++) {
            Net.call(client, Net.REVIEWS);
        }
        assertThat(callsOfFree.get()).isGreaterThan(3 * callsOfBusy.get());
    }

    @Test
    void serversAreAskedBesideCalls() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        MockWebServer one = reporting("TEXT named_metrics.rif=1", calls);
        MockWebServer two = reporting("TEXT named_metrics.rif=2", calls);
        OkHttpClient client = client(LoadBalancer.PROBING, one, two);
        for (int i = 0; i < 50; i++) {
            Net.call(client, Net.REVIEWS);
        }
        assertThat(probes.poll(20, TimeUnit.SECONDS)).isTrue();
        assertThat(calls).as("what the application sees").hasValue(50);
    }

    @Test
    void aServerThatDoesNotKnowProbesIsSoonLeftAlone() throws Exception {
        AtomicInteger unknown = new AtomicInteger();
        MockWebServer stranger = net.serving(request -> {
            boolean probe = request.getTarget().equals(LoadHeaders.PROBE_PATH);
            unknown.addAndGet(probe ? 1 : 0);
            return new MockResponse.Builder().code(probe ? 404 : 200).build();
        });
        OkHttpClient client = client(LoadBalancer.PROBING, stranger, stranger2());
        for (int i = 0; i < 50; i++) {
            Net.call(client, Net.REVIEWS);
        }
        assertThat(probes.poll(20, TimeUnit.SECONDS)).isFalse();
        int before = unknown.get() + probes.size();
        for (int i = 0; i < 50; i++) {
            Net.call(client, Net.REVIEWS);
        }
        assertThat(unknown.get()).as("it rests").isLessThan(before + 10);
    }

    @Test
    void otherAlgorithmsAskNobody() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        MockWebServer server = reporting("TEXT named_metrics.rif=1", calls);
        OkHttpClient client = client(LoadBalancer.LEAST_REQUEST, server, reporting("TEXT named_metrics.rif=1", calls));
        for (int i = 0; i < 20; i++) {
            Net.call(client, Net.REVIEWS);
        }
        assertThat(server.takeRequest().getHeaders().get(LoadHeaders.ASK)).isNull();
        assertThat(calls).hasValue(20);
        assertThat(probes).isEmpty();
    }

    private MockWebServer stranger2() throws IOException {
        return net.serving(request -> new MockResponse.Builder()
                .code(request.getTarget().equals(LoadHeaders.PROBE_PATH) ? 404 : 200)
                .build());
    }

    private MockWebServer reporting(String report, AtomicInteger calls) throws IOException {
        return net.serving(request -> {
            if (!request.getTarget().equals(LoadHeaders.PROBE_PATH)) {
                calls.incrementAndGet();
            }
            MockResponse.Builder response = new MockResponse.Builder().body("here");
            if (LoadHeaders.ASKED.equals(request.getHeaders().get(LoadHeaders.ASK))) {
                response.setHeader(LoadHeaders.TEXT, report);
            }
            return response.build();
        });
    }

    private OkHttpClient client(LoadBalancer kind, MockWebServer... servers) {
        ClusterConfig cluster = Net.cluster(servers).withLoadBalancer(kind);
        Mesh mesh = Mesh.builder()
                .config(Net.config(cluster))
                .observer(new MeshObserver() {
                    @Override
                    public void probed(Endpoint endpoint, boolean answered) {
                        probes.add(answered);
                    }
                })
                .build();
        return net.client(net.keep(mesh));
    }
}
