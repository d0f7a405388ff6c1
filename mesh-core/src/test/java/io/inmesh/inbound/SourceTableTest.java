package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.config.InboundConfig;
import io.inmesh.identity.SpiffeId;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourceTableTest {

    private static final SpiffeId REVIEWS = SpiffeId.of("inmesh.local", "default", "reviews");

    private static final Outcome OK = Outcome.Response.http(200);
    private static final Outcome REFUSED =
            new Outcome.Rejection(Outcome.Reason.UNAUTHORIZED, 403, 7, "no policy allows it");

    private final SourceTable table = new SourceTable();

    @Test
    void aPeerWithIdentityIsCountedByItWhereverItConnectsFrom() {
        table.of(call(REVIEWS, "10.0.0.1", 9080, true)).request(OK, 0);
        table.of(call(REVIEWS, "10.0.0.2", 9080, true)).request(REFUSED, 0);

        assertThat(table.take())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("counts")
                .containsExactly(new SourceShare(REVIEWS.toString(), true, true, 9080, 2, 1, Map.of()));
    }

    @Test
    void aPeerWithoutIdentityIsCountedByAddressKindOfConnectionAndPort() {
        table.of(call(null, "10.0.0.1", 9080, false)).request(OK, 0);
        table.of(call(null, "10.0.0.1", 9080, true)).request(OK, 0);
        table.of(call(null, "10.0.0.1", 9081, false)).request(OK, 0);
        table.of(call(null, null, 9080, false)).request(OK, 0);

        assertThat(table.take())
                .extracting(source -> source.source() + " " + source.secure() + " " + source.port())
                .containsExactlyInAnyOrder(
                        "10.0.0.1 false 9080", "10.0.0.1 true 9080", "10.0.0.1 false 9081", "unknown false 9080");
    }

    @Test
    void aReportHoldsWhatCameSinceTheOneBefore() {
        SourceCount count = table.of(call(REVIEWS, "10.0.0.1", 9080, true));
        count.request(OK, 0);
        count.shadowDenied("ns[default]-policy[strict]-rule[0]");
        table.take();
        count.request(OK, 0);

        assertThat(table.take())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("counts")
                .containsExactly(new SourceShare(REVIEWS.toString(), true, true, 9080, 1, 0, Map.of()));
        assertThat(table.take()).isEmpty();
    }

    @Test
    void whatRequestsCameToAndHowLongTheyTookIsReported() {
        SourceCount count = table.of(call(null, "10.0.0.1", 9080, false));
        count.request(OK, 3_000_000);
        count.request(Outcome.Response.http(503), 3_000_000);
        count.request(REFUSED, 3_000_000);

        assertThat(table.take())
                .singleElement()
                .satisfies(source -> assertThat(source.counts())
                        .extracting(one -> one.result() + " " + one.count())
                        .containsExactly("ok 1", "failed 1", "http_5xx 1", "rejected_unauthorized 1"));
    }

    @Test
    void aDryRunIsCountedByPolicy() {
        SourceCount count = table.of(call(REVIEWS, "10.0.0.1", 9080, true));
        for (int i = 0; i < 3; i++) {
            count.request(OK, 0);
            count.shadowDenied("a");
        }
        count.shadowDenied("b");

        assertThat(table.take())
                .singleElement()
                .satisfies(source -> assertThat(source.shadowDenied()).isEqualTo(Map.of("a", 3L, "b", 1L)));
    }

    @Test
    void aFloodOfAddressesCountsAsOneSourceBeyondTheBound() {
        for (int i = 0; i < SourceTable.MAX_SOURCES + 500; i++) {
            table.of(call(null, "10.1." + i / 250 + "." + i % 250, 9080, false)).request(OK, 0);
        }

        Map<String, Long> requests =
                table.take().stream().collect(Collectors.toMap(SourceShare::source, SourceShare::requests));
        assertThat(requests).hasSize(SourceTable.MAX_SOURCES + 1).containsEntry(SourceTable.OTHER, 500L);
    }

    @Test
    void aSourceThatWentQuietGivesItsPlaceBack() {
        for (int i = 0; i < SourceTable.MAX_SOURCES; i++) {
            table.of(call(null, "10.1." + i / 250 + "." + i % 250, 9080, false)).request(OK, 0);
        }
        for (int i = 0; i < 62; i++) {
            table.take();
        }
        table.of(call(null, "10.9.9.9", 9080, false)).request(OK, 0);

        assertThat(table.take()).extracting(SourceShare::source).containsExactly("10.9.9.9");
    }

    @Test
    void theGateCountsWhomMutualTlsRefused() {
        InboundGate gate = new InboundGate(new FakeClock(), MeshObserver.NONE);
        InboundPolicy strict = InboundPolicy.compile(
                new InboundConfig(InboundConfig.Mtls.STRICT, List.of(), ""),
                null,
                new FakeClock(),
                (resource, field, message, remedy) -> {
                    throw new AssertionError(message);
                });
        gate.admit(call(null, "10.0.0.1", 9080, false), strict);
        Admission admitted = gate.admit(call(REVIEWS, "10.0.0.2", 9080, true), strict);

        assertThat(gate.sources().take())
                .as("the one under way is counted when it ends")
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("counts")
                .containsExactly(new SourceShare("10.0.0.1", false, false, 9080, 1, 1, Map.of()));
        admitted.settle(Outcome.Response.http(200));
        assertThat(gate.sources().take())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("counts")
                .containsExactly(new SourceShare(REVIEWS.toString(), true, true, 9080, 1, 0, Map.of()));
    }

    private static InboundCall call(@Nullable SpiffeId peer, @Nullable String address, int port, boolean secure) {
        FakeCall call = FakeCall.get("/").at("127.0.0.1", port);
        if (address != null) {
            call.from(address);
        }
        if (secure) {
            call.overTls();
        }
        return peer == null ? call : call.peer(peer);
    }
}
