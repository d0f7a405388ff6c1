package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Call.Protocol;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.config.AccessLogConfig;
import io.inmesh.config.AccessLogConfig.Mode;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.observe.AccessLogSettings.Requests;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import io.opentelemetry.api.trace.Span;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Logs requests that have ended. A request that is not logged costs a few comparisons. */
final class AccessLog implements MeshObserver {

    private static final long NOT_SENT = -1;
    private static final long STEPS_PER_PERCENT = 100;
    private static final long ALL = 100 * STEPS_PER_PERCENT;

    private final AccessLogSettings settings;
    private final AccessLogWriter writer;
    private final Clock clock;
    private final Randomness randomness;
    private final BooleanSupplier enabled;
    private final InboundObserver requests = new LoggedRequest();
    private volatile Supplier<MeshConfig> configs = () -> MeshConfig.EMPTY;
    private volatile TelemetryConfig telemetry = TelemetryConfig.STANDARD;

    /**
     * Makes an access log.
     *
     * @param clock when requests began
     * @param randomness what draws those to log
     * @param enabled whether anybody reads the lines
     */
    AccessLog(
            AccessLogSettings settings,
            AccessLogWriter writer,
            Clock clock,
            Randomness randomness,
            BooleanSupplier enabled) {
        this.settings = settings;
        this.writer = writer;
        this.clock = clock;
        this.randomness = randomness;
        this.enabled = enabled;
    }

    /** Goes by a config, now and whenever one is applied. */
    void watch(Supplier<MeshConfig> source) {
        configs = source;
        telemetry = source.get().telemetry();
    }

    @Override
    public void configApplied(String version, long durationNanos) {
        telemetry = configs.get().telemetry();
    }

    @Override
    public boolean wantsSizes() {
        return logsCalls() || logsRequests();
    }

    private boolean logsCalls() {
        return on(telemetry.client().accessLog(), settings.requests() == Requests.ALL);
    }

    private boolean logsRequests() {
        return on(telemetry.server().accessLog(), settings.requests() != Requests.OFF);
    }

    @Override
    public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
        return logsCalls() ? new LoggedCall(route) : CallObserver.NONE;
    }

    @Override
    public InboundObserver inboundStarted(InboundCall call) {
        return logsRequests() ? requests : InboundObserver.NONE;
    }

    private boolean on(AccessLogConfig config, boolean bySettings) {
        boolean wanted = config.mode() == Mode.UNSET ? bySettings : config.mode() == Mode.ON;
        return wanted && enabled.getAsBoolean();
    }

    /** Whether a request is one of those to log; what went wrong always is. */
    private boolean wants(AccessLogConfig config, Call call, Outcome outcome, String flags, long durationNanos) {
        int status = Answers.httpStatus(call.protocol(), outcome);
        int grpcStatus = grpcStatus(call, outcome);
        if (!LogConditions.hold(config.filters(), call, status, grpcStatus, durationNanos)) {
            return false;
        }
        boolean failed = status == Answers.NONE || status >= 500 || grpcStatus > 0 || !flags.equals("-");
        return failed
                || settings.samplePercent() >= 100
                || randomness.below(ALL) < Math.round(settings.samplePercent() * STEPS_PER_PERCENT);
    }

    private static int grpcStatus(Call call, Outcome outcome) {
        return call.protocol() == Protocol.GRPC ? Answers.grpcStatus(outcome) : -1;
    }

    /** Requests that come in. Keeps nothing, so one will do. */
    private final class LoggedRequest implements InboundObserver {

        @Override
        public void refused(InboundCall call, Outcome outcome, long durationNanos) {
            ended(call, outcome, durationNanos);
        }

        @Override
        public void ended(InboundCall call, Outcome outcome, long durationNanos) {
            String flags = ResponseFlag.of(outcome).text();
            if (wants(telemetry.server().accessLog(), call, outcome, flags, durationNanos)) {
                writer.write(entry(call, call, outcome, durationNanos, NOT_SENT, flags, 1, null, null));
            }
        }
    }

    /** A call that leaves. */
    private final class LoggedCall implements CallObserver {

        private final @Nullable String route;
        // Events come one at a time, and what passes calls between threads also passes these.
        private long upstreamNanos = NOT_SENT;
        private boolean delayed;

        LoggedCall(@Nullable String route) {
            this.route = route;
        }

        @Override
        public void delayed(long delayNanos) {
            delayed = true;
        }

        @Override
        public void attemptEnded(Attempt attempt, Outcome outcome, long durationNanos) {
            upstreamNanos = durationNanos;
        }

        @Override
        public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
            String flags = ResponseFlag.of(outcome).text(ResponseFlag.retriesExhausted(outcome, attempts));
            if (delayed) {
                flags = flags.equals("-") ? ResponseFlag.DELAYED : flags + "," + ResponseFlag.DELAYED;
            }
            if (wants(telemetry.client().accessLog(), call, outcome, flags, durationNanos)) {
                writer.write(entry(call, null, outcome, durationNanos, upstreamNanos, flags, attempts, last, route));
            }
        }
    }

    /**
     * {@return what is to be logged}
     *
     * @param inbound the same as the call if it came in, else null
     */
    private AccessLogEntry entry(
            Call call,
            @Nullable InboundCall inbound,
            Outcome outcome,
            long durationNanos,
            long upstreamNanos,
            String flags,
            int attempts,
            @Nullable Attempt last,
            @Nullable String route) {
        return new AccessLogEntry(
                inbound != null,
                clock.epochMillis() - durationNanos / 1_000_000,
                durationNanos,
                upstreamNanos,
                call.method(),
                call.path(),
                settings.query() ? call.query() : null,
                call.wireProtocol(),
                call.host(),
                call.port(),
                Answers.httpStatus(call.protocol(), outcome),
                grpcStatus(call, outcome),
                flags,
                details(outcome),
                outcome instanceof Outcome.Failure failure ? failure.cause().toString() : null,
                call.requestBytes(),
                call.responseBytes(),
                attempts,
                call.header("x-forwarded-for"),
                call.header("user-agent"),
                call.header("x-request-id"),
                last == null ? null : last.endpoint(),
                last == null ? null : last.cluster(),
                route,
                inbound == null ? null : inbound.localAddress(),
                inbound == null ? 0 : inbound.localPort(),
                inbound == null ? null : inbound.peerAddress(),
                inbound == null ? null : inbound.requestedServerName(),
                inbound == null ? null : inbound.peer(),
                Span.current().getSpanContext(),
                headers(call));
    }

    private Map<String, String> headers(Call call) {
        if (settings.headers().isEmpty()) {
            return Map.of();
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (String name : settings.headers()) {
            String value = call.header(name);
            if (value != null) {
                found.put(name, value);
            }
        }
        return found;
    }

    /** Envoy: who answered, in a word. */
    private static String details(Outcome outcome) {
        if (outcome instanceof Outcome.Rejection rejection) {
            return OutcomeCode.reason(rejection.reason());
        } else if (outcome instanceof Outcome.LocalReply reply) {
            return OutcomeCode.reason(reply.reason());
        } else if (outcome instanceof Outcome.Failure failure) {
            return "upstream_" + failure.kind().name().toLowerCase(Locale.ROOT);
        }
        return outcome instanceof Outcome.Cancelled ? "downstream_remote_disconnect" : "via_upstream";
    }
}
