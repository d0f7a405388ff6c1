package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.authz.Decision;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.StringMatch;
import io.inmesh.observe.InboundObserver;
import io.inmesh.observe.MeshObserver;
import io.inmesh.observe.MicrometerObserver;
import io.inmesh.observe.Observers;
import io.inmesh.observe.TracingObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What AUDIT policies and policies on trial say, and that they change nothing. */
class ReportPoliciesTest {

    private final FakeClock clock = new FakeClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> events = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                // sets, each "action[?]:policy=path prefix,..." with ? for on trial; path; admitted; what was reported
                "DENY?:d=/a; /a; true; -d",
                "DENY?:d=/a; /b; true; unchanged",
                "DENY?:d=/a,e=/a/b; /a/b; true; -d -e",
                "ALLOW?:p=/a; /a; true; unchanged",
                "ALLOW?:p=/a; /b; true; -p",
                "ALLOW?:p=/a,q=/b; /b; true; unchanged",
                "ALLOW?:p=/a,q=/b; /c; true; -p -q",
                "ALLOW?:; /c; true; -null",
                "DENY?:d=/a ALLOW?:p=/b; /a; true; -d -p",
                "ALLOW:r=/a ALLOW?:p=/b; /a; true; unchanged",
                "ALLOW:r=/a ALLOW?:p=/b; /b; false; +p",
                "ALLOW:r=/a ALLOW?:p=/b; /c; false; unchanged",
                "ALLOW:r=/a ALLOW?:p=/b DENY?:d=/b; /b; false; unchanged",
                "DENY:s=/b ALLOW?:p=/b; /b; false; unchanged",
                "DENY:s=/b ALLOW?:p=/a; /c; true; -p",
                "AUDIT:a=/a; /a; true; audit:a",
                "AUDIT:a=/a; /b; true; ''",
                "AUDIT:a=/a,b=/a; /a; true; audit:a audit:b",
                "DENY:s=/a AUDIT:a=/a; /a; false; audit:a",
            })
    void reportsWhatWouldChangeAndChangesNothing(String sets, String path, boolean admitted, String reported) {
        AuthorizationConfig[] configs =
                Arrays.stream(sets.split(" ")).map(ReportPoliciesTest::set).toArray(AuthorizationConfig[]::new);
        Admission admission = new InboundGate(clock, new Recorder()).admit(FakeCall.get(path), policy(configs));
        assertThat(admission.admitted()).isEqualTo(admitted);
        assertThat(String.join(" ", events)).isEqualTo(reported);
    }

    @Test
    void severalRulesOfAPolicyAreReportedOnceUnderItsName() {
        AuthorizationConfig deny = new AuthorizationConfig(
                Action.DENY, true, List.of(rule("ns[a]-policy[p]-rule[0]"), rule("ns[a]-policy[p]-rule[1]")));
        AuthorizationConfig audit = new AuthorizationConfig(
                Action.AUDIT, List.of(rule("ns[a]-policy[q]-rule[0]"), rule("ns[a]-policy[q]-rule[1]")));
        new InboundGate(clock, new Recorder()).admit(FakeCall.get("/"), policy(deny, audit));
        assertThat(events).containsExactly("audit:ns[a]-policy[q]", "-ns[a]-policy[p]");
    }

    @Test
    void countsByPolicyAndNeverByWhatAClientSends() {
        MeshObserver meters = new MicrometerObserver(registry, clock);
        InboundPolicy policy = policy(
                new AuthorizationConfig(Action.DENY, List.of(new Policy("ns[a]-policy[d]-rule[0]", path("/d")))),
                set("DENY?:t=/t"),
                set("AUDIT:a=/"));
        InboundGate gate = new InboundGate(clock, meters);
        gate.admit(FakeCall.get("/d"), policy);
        gate.admit(FakeCall.get("/t"), policy);
        assertThat(count("inmesh.authorization.denied", "ns[a]-policy[d]")).isEqualTo(1);
        assertThat(count("inmesh.authorization.audited", "a")).isEqualTo(2);
        assertThat(registry.get("inmesh.authorization.shadow")
                        .tags("result", "denied", "inmesh.policy", "t")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("inmesh.authorization.shadow")
                        .tags("result", "unchanged", "inmesh.policy", "none")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void theSpanNamesThePolicyThatDecidedAndThoseThatReport() {
        InMemorySpanExporter exporter = InMemorySpanExporter.create();
        List<SpanData> spans;
        try (OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .build()) {
            MeshObserver both = Observers.of(List.of(new TracingObserver(telemetry), new Recorder()));
            new InboundGate(clock, both)
                    .admit(FakeCall.get("/a"), policy(set("ALLOW:r=/a"), set("DENY?:t=/a"), set("AUDIT:a=/a")))
                    .settle(Outcome.Response.http(200));
            spans = exporter.getFinishedSpanItems();
        }
        SpanData span = spans.get(0);
        assertThat(span.getAttributes().asMap().toString()).contains("inmesh.authorization.policy=r");
        assertThat(span.getEvents())
                .extracting(event -> event.getName() + " " + strings(event.getAttributes()))
                .containsExactly(
                        "inmesh.authorization.audited {inmesh.authorization.policy=a}",
                        "inmesh.authorization.shadow {inmesh.authorization.allowed=false, inmesh.authorization.policy=t}");
        assertThat(events).containsExactly("audit:a", "-t");
    }

    @Test
    void anObserverThatThrowsChangesNoAnswer() {
        MeshObserver failing = new MeshObserver() {
            @Override
            public InboundObserver inboundStarted(InboundCall call) {
                return new InboundObserver() {
                    @Override
                    public void authorized(InboundCall request, Decision decision) {
                        throw new IllegalStateException("the observer is broken");
                    }
                };
            }
        };
        InboundGate gate = new InboundGate(clock, failing);
        assertThat(gate.admit(FakeCall.get("/a"), policy(set("ALLOW:r=/a"))).admitted())
                .isTrue();
    }

    private static Map<String, String> strings(Attributes attributes) {
        Map<String, String> strings = new TreeMap<>();
        attributes.forEach((key, value) -> strings.put(key.getKey(), value.toString()));
        return strings;
    }

    private double count(String name, String policy) {
        Counter counter = registry.get(name).tags("inmesh.policy", policy).counter();
        return counter.count();
    }

    private static InboundPolicy policy(AuthorizationConfig... sets) {
        return InboundPolicy.compile(
                new InboundConfig(Mtls.PERMISSIVE, List.of(sets), ""),
                null,
                new FakeClock(),
                (resource, field, message, remedy) -> {
                    throw new AssertionError(resource + " " + field + ": " + message);
                });
    }

    private static AuthorizationConfig set(String text) {
        String[] parts = text.split(":", 2);
        boolean shadow = parts[0].endsWith("?");
        Action action = Action.valueOf(shadow ? parts[0].substring(0, parts[0].length() - 1) : parts[0]);
        List<Policy> policies = Arrays.stream(parts[1].split(","))
                .filter(policy -> !policy.isEmpty())
                .map(policy -> policy.split("=", 2))
                .map(policy -> new Policy(policy[0], path(policy[1])))
                .toList();
        return new AuthorizationConfig(action, shadow, policies);
    }

    private static Policy rule(String name) {
        return new Policy(name, new Condition.Always());
    }

    private static Condition path(String prefix) {
        return new Condition.Path(StringMatch.prefix(prefix));
    }

    private final class Recorder implements MeshObserver, InboundObserver {

        @Override
        public InboundObserver inboundStarted(InboundCall call) {
            return this;
        }

        @Override
        public void audited(InboundCall call, Decision match) {
            events.add("audit:" + match.resource());
        }

        @Override
        public void shadowDecided(InboundCall call, Decision decision, Decision shadow) {
            if (shadow.allowed() == decision.allowed()) {
                events.add("unchanged");
            } else {
                events.add((shadow.allowed() ? "+" : "-") + shadow.resource());
            }
        }
    }
}
