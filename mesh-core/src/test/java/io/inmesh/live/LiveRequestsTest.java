package io.inmesh.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveRequestsTest {

    private static final Outcome OK = Outcome.Response.http(200);
    private static final Outcome BROKEN = Outcome.Response.http(503);

    private final FakeClock clock = new FakeClock();
    private long drawn = 1;
    private final LiveRequests live = new LiveRequests(clock, bound -> drawn);
    private final List<SeenRequest> shown = new ArrayList<>();

    @Test
    void whileNobodyWatchesOnlyFailuresAndADrawnFewAreWanted() {
        assertThat(live.wants(OK)).isFalse();
        assertThat(live.wants(Outcome.Response.http(404))).isFalse();
        assertThat(live.wants(Outcome.Cancelled.INSTANCE)).isFalse();
        assertThat(live.wants(BROKEN)).isTrue();
        assertThat(live.wants(Outcome.Response.grpc(14))).isTrue();
        assertThat(live.wants(Outcome.Response.grpc(5))).isFalse();
        drawn = 0;
        assertThat(live.wants(OK)).isTrue();
    }

    @Test
    void aRequestIsFoundByItsIdAndByItsTrace() {
        live.show(seen("one", 503, Map.of("x-request-id", "r1", "trace", "aaaa")), BROKEN);
        live.show(seen("two", 503, Map.of()), BROKEN);

        assertThat(live.find("r1")).extracting(SeenRequest::host).containsExactly("one");
        assertThat(live.find("aaaa")).extracting(SeenRequest::host).containsExactly("one");
        assertThat(live.find("")).isEmpty();
    }

    @Test
    void aTraceIsThatWhichIsObservedOrElseThatOfTheHeader() {
        FakeCall call = FakeCall.get("/").header("traceparent", "00-aaaa-bbbb-01");

        assertThat(SeenRequests.traceId(call, "cccc")).isEqualTo("cccc");
        assertThat(SeenRequests.traceId(call, "")).isEqualTo("aaaa");
        assertThat(SeenRequests.traceId(FakeCall.get("/").header("traceparent", "aaaa"), ""))
                .isEmpty();
        assertThat(SeenRequests.traceId(FakeCall.get("/"), "")).isEmpty();
    }

    @Test
    void whatIsRememberedIsBoundedAndTheOldestGoesFirst() {
        for (int i = 0; i <= LiveRequests.REMEMBERED; i++) {
            live.show(seen("host", 503, Map.of("x-request-id", "r" + i)), BROKEN);
        }

        assertThat(live.find("r0")).isEmpty();
        assertThat(live.find("r1")).hasSize(1);
        assertThat(live.find("r" + LiveRequests.REMEMBERED)).hasSize(1);
    }

    @Test
    void ordinaryRequestsDoNotDriveFailuresOutWhileSomebodyWatches() {
        live.show(seen("host", 503, Map.of("x-request-id", "failed")), BROKEN);
        try (Tap tap = watch(TapFilter.ALL, 1)) {
            assertThat(tap).isNotNull();
            for (int i = 0; i < 2 * LiveRequests.REMEMBERED; i++) {
                live.show(seen("host", 200, Map.of()), OK);
            }
        }

        assertThat(live.find("failed")).hasSize(1);
    }

    @Test
    void aTapIsShownSoManyASecondAndCountsTheRest() {
        Tap tap = watch(TapFilter.ALL, 2);
        for (int i = 0; i < 5; i++) {
            live.show(seen("host", 200, Map.of()), OK);
        }
        assertThat(shown).hasSize(2);
        assertThat(tap.skipped()).isEqualTo(3);

        clock.advance(Duration.ofSeconds(1));
        live.show(seen("host", 200, Map.of()), OK);
        assertThat(shown).hasSize(3);
    }

    @Test
    void aTapThatHasEndedIsShownNothingAndMakesRoom() {
        List<Tap> taps = new ArrayList<>();
        for (int i = 0; i < LiveRequests.MOST_TAPS; i++) {
            taps.add(watch(TapFilter.ALL, 1));
        }
        assertThat(live.tap(TapFilter.ALL, 1, shown::add)).as("one too many").isNull();

        taps.forEach(Tap::close);
        live.show(seen("host", 200, Map.of()), OK);
        assertThat(shown).isEmpty();
        assertThat(live.wants(OK)).as("off again").isFalse();
        assertThat(live.tap(TapFilter.ALL, 1, shown::add)).isNotNull();
    }

    @Test
    void somebodyWhoFailsHindersNobody() {
        Tap failing = Objects.requireNonNull(live.tap(TapFilter.ALL, 10, seen -> {
            throw new IllegalStateException("on purpose");
        }));
        Tap tap = watch(TapFilter.ALL, 10);

        live.show(seen("host", 200, Map.of()), OK);

        assertThat(shown).hasSize(1);
        failing.close();
        tap.close();
    }

    @ParameterizedTest(name = "outbound {0}, to {1}, path {2}, method {3}, status {4}: {5}")
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, -, -, -, true",
                "true, -, -, -, -, true",
                "false, -, -, -, -, false",
                "-, reviews, -, -, -, true",
                "-, reviews.default, -, -, -, true",
                "-, review, -, -, -, false",
                "-, reviews:80, -, -, -, true",
                "-, reviews:81, -, -, -, false",
                "-, -, /a, -, -, true",
                "-, -, /b, -, -, false",
                "-, -, -, GET, -, true",
                "-, -, -, POST, -, false",
                "-, -, -, -, 503, true",
                "-, -, -, -, 500, false",
                "-, -, -, -, 5xx, true",
                "-, -, -, -, 4xx, false",
                "-, -, -, -, grpc-14, false",
                "-, -, -, -, error, true"
            })
    void aFilterLetsThroughWhatItAsksFor(
            Boolean outbound, String to, String path, String method, String status, boolean wanted) {
        TapFilter filter = new TapFilter(outbound, to, path, method, status);

        assertThat(filter.matches(seen("reviews.default.svc.cluster.local", 503, Map.of()), true))
                .isEqualTo(wanted);
    }

    @Test
    void aFilterAsksForAStatusOfGrpc() {
        TapFilter unavailable = new TapFilter(null, null, null, null, "grpc-14");

        assertThat(unavailable.matches(seen("ratings", 200, 14, Map.of()), true))
                .isTrue();
        assertThat(unavailable.matches(seen("ratings", 200, 1, Map.of()), true)).isFalse();
    }

    @Test
    void explanationsAreMadeForAFewFailuresASecond() {
        assertThat(live.wantsExplanation(OK)).isFalse();
        int made = 0;
        for (int i = 0; i < 100; i++) {
            made += live.wantsExplanation(BROKEN) ? 1 : 0;
        }
        assertThat(made).isEqualTo(LiveRequests.EXPLAINED_PER_SECOND);
        clock.advance(Duration.ofSeconds(1));
        assertThat(live.wantsExplanation(BROKEN)).isTrue();
    }

    @Test
    void headersAreShownByAShortListOnlyAndNothingIsLongerThanItMayBe() {
        FakeCall call = FakeCall.get("/" + "x".repeat(1000))
                .header("authorization", "Bearer secret")
                .header("cookie", "session=secret")
                .header("x-request-id", "i".repeat(1000));

        assertThat(SeenRequests.headers(call)).containsOnlyKeys("x-request-id");
        assertThat(SeenRequests.headers(call).get("x-request-id")).hasSizeLessThan(200);
        assertThat(SeenRequests.path(call)).hasSizeLessThan(300);
    }

    private Tap watch(TapFilter filter, int perSecond) {
        return Objects.requireNonNull(live.tap(filter, perSecond, shown::add));
    }

    private static SeenRequest seen(String host, int status, Map<String, String> headers) {
        return seen(host, status, -1, headers);
    }

    private static SeenRequest seen(String host, int status, int grpcStatus, Map<String, String> headers) {
        return new SeenRequest(
                true,
                0,
                1,
                "http",
                "GET",
                host,
                80,
                "/a/b",
                headers,
                headers.getOrDefault("trace", ""),
                status,
                grpcStatus,
                "answered",
                "",
                "",
                "",
                "",
                "",
                "",
                List.of(),
                1,
                "",
                "",
                "",
                null);
    }
}
