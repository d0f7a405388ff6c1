package io.inmesh.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.testkit.FakeCall;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingDriverTest {

    private static final RouteConfig SLOW = RouteConfig.to("reviews")
            .withFault(new FaultConfig(new FaultConfig.Delay(Duration.ofHours(1), 1_000_000), null));

    private final Mesh mesh = Mesh.of(MeshConfig.builder()
            .cluster(ClusterConfig.of("reviews").endpoint("10.0.0.1", 9080))
            .virtualHost(VirtualHostConfig.of("reviews:9080", RouteConfig.to("reviews")))
            .virtualHost(VirtualHostConfig.of("slow:9080", SLOW))
            .build());

    @AfterEach
    void close() {
        mesh.close();
    }

    @Test
    void returnsTheOutcome() throws Exception {
        assertThat(new BlockingDriver().run(dispatch("reviews"), attempt -> Response.http(200)))
                .isEqualTo(Response.http(200));
    }

    @Test
    void aSenderThatThrowsLeavesNothingOpen() {
        Dispatch dispatch = dispatch("reviews");

        assertThatThrownBy(() -> new BlockingDriver().run(dispatch, attempt -> {
                    throw new IllegalStateException("bug");
                }))
                .hasMessage("bug");

        assertThat(dispatch.ended()).isTrue();
        assertThat(mesh.status().clusters().get(0).endpoints().get(0).inFlight())
                .isZero();
    }

    @Test
    void cancellingEndsAWait() throws Exception {
        BlockingDriver driver = new BlockingDriver();
        CountDownLatch begun = new CountDownLatch(1);
        Dispatch dispatch = dispatch("slow");
        FutureTask<Outcome> call = new FutureTask<>(() -> {
            begun.countDown();
            return driver.run(dispatch, attempt -> Response.http(200));
        });
        new Thread(call).start();
        begun.await();

        // Wherever the other thread is by now: before its start, on the way to the wait, or in it.
        driver.cancel();

        assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(Outcome.Cancelled.INSTANCE);
    }

    @Test
    void anInterruptEndsAWaitAndTheCall() {
        Dispatch dispatch = dispatch("slow");
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> new BlockingDriver().run(dispatch, attempt -> Response.http(200)))
                .isInstanceOf(InterruptedException.class);

        assertThat(dispatch.ended()).isTrue();
    }

    private Dispatch dispatch(String host) {
        return mesh.outbound(FakeCall.get("/").to(host, 9080));
    }
}
