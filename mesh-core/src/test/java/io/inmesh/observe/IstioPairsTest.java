package io.inmesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.MetricsConfig;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How long a process remembers who talks to whom. */
class IstioPairsTest {

    private static final Outcome OK = Outcome.Response.http(200);
    private static final Duration HOUR = Duration.ofNanos(IstioObserver.SWEEP_NANOS);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MeterFactory meters = new MeterFactory(registry);
    private final FakeClock clock = new FakeClock();
    private final IstioObserver server = new IstioObserver(
            meters,
            Workload.of("reviews-v1", "default", Map.of("app", "reviews")),
            "reviews.default.svc.cluster.local",
            clock);

    @Test
    void pairsBeyondTheLimitShareMetersUntilOthersMakeRoom() {
        AtomicInteger overflows = new AtomicInteger();
        IstioPairs pairs = new IstioPairs(
                new IstioGeneration(meters, new IstioTags(MetricsConfig.STANDARD, MetricsConfig.STANDARD)),
                IstioTags.SERVER,
                overflows::incrementAndGet);
        for (int i = 0; i < IstioPairs.MAX; i++) {
            pairs.of(pair("caller-" + i));
        }
        IstioMeters shared = pairs.of(pair("late"));
        assertThat(pairs.of(pair("later"))).isSameAs(shared).isNotSameAs(pairs.of(pair("caller-1")));
        assertThat(overflows).hasValue(2);

        pairs.sweep();
        Call call = FakeCall.get("/");
        IstioMeters busy = pairs.of(pair("caller-1"));
        busy.record(call, OK, 1, true, 1);
        pairs.sweep();
        assertThat(pairs.of(pair("caller-1"))).isSameAs(busy);
        assertThat(shared.gone()).isTrue();
        assertThat(pairs.of(pair("late"))).isNotSameAs(pairs.of(pair("later")));
        assertThat(overflows).hasValue(2);
    }

    @Test
    void metersOfPairsThatAreNotUsedLeaveTheRegistry() {
        request("idle");
        request("busy");
        clock.advance(HOUR);
        request("first");
        request("busy");
        clock.advance(HOUR);
        request("second");
        assertThat(count("idle")).isZero();
        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getTag("source_principal"))
                .doesNotContain(peer("idle").toString());
        assertThat(count("busy")).isEqualTo(2);
        assertThat(count("second")).isEqualTo(1);
    }

    @Test
    void aPairThatComesBackIsCountedFromZero() {
        request("idle");
        request("idle");
        clock.advance(HOUR);
        request("first");
        clock.advance(HOUR);
        request("second");
        request("idle");
        request("idle");
        request("idle");
        assertThat(count("idle")).isEqualTo(3);
    }

    @Test
    void callersWithoutIdentityAndCallsThatWentNowhereComeBackToo() {
        FakeCall call = FakeCall.get("/");
        CallObserver calls = server.callStarted(call, "ratings.default.svc.cluster.local:9080", "r");
        Runnable traffic = () -> {
            server.inboundStarted(call).ended(call, OK, 1);
            calls.callEnded(call, null, OK, 0, 1);
        };
        traffic.run();
        clock.advance(HOUR);
        request("first");
        clock.advance(HOUR);
        request("second");
        traffic.run();
        traffic.run();
        assertThat(registry.find("istio.requests")
                        .tag("source_principal", "unknown")
                        .counters())
                .hasSize(2)
                .allSatisfy(counter -> assertThat(counter.count()).isEqualTo(2));
    }

    @Test
    void aConfigThatIsAppliedMakesRoomToo() {
        server.watch(() -> MeshConfig.EMPTY);
        request("idle");
        for (int i = 0; i < 2; i++) {
            clock.advance(HOUR);
            server.configApplied("2", 1);
        }
        assertThat(registry.getMeters())
                .extracting(Meter::getId)
                .extracting(Meter.Id::getName)
                .doesNotContain("istio.requests");
    }

    @Test
    void whatAnIdlePairSharesWithABusyOneStays() {
        IstioGeneration generation =
                new IstioGeneration(meters, new IstioTags(MetricsConfig.STANDARD, MetricsConfig.STANDARD));
        // With the labels removed in which they differ, two pairs have one meter.
        Meter ofIdle = generation.counter("istio.requests", "", Tags.of("response_code", "200"));
        Meter ofBusy = generation.counter("istio.requests", "", Tags.of("response_code", "200"));
        assertThat(ofBusy).isSameAs(ofIdle);

        generation.remove(List.of(ofIdle));
        assertThat(registry.find("istio.requests").meters()).containsExactly(ofBusy);

        generation.remove(List.of(ofBusy));
        assertThat(registry.find("istio.requests").meters()).isEmpty();
    }

    private void request(String caller) {
        FakeCall call = FakeCall.get("/").overTls().peer(peer(caller));
        server.inboundStarted(call).ended(call, OK, 1);
    }

    private double count(String caller) {
        return registry
                .find("istio.requests")
                .tag("source_principal", peer(caller).toString())
                .counters()
                .stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static SpiffeId peer(String name) {
        return SpiffeId.of("inmesh.local", "default", name);
    }

    private static IstioPair pair(String caller) {
        return new IstioPair(
                Workload.of(caller, "default", Map.of()),
                null,
                Workload.UNKNOWN,
                null,
                IstioPair.Service.ofHost("reviews.default.svc.cluster.local"));
    }
}
