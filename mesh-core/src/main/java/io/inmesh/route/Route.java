package io.inmesh.route;

import com.google.re2j.Pattern;
import io.inmesh.call.Call;
import io.inmesh.call.HeaderSink;
import io.inmesh.call.Outcome;
import io.inmesh.call.StatusCodes;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.fault.Fault;
import io.inmesh.match.TextTest;
import io.inmesh.retry.RetryPolicy;
import io.inmesh.time.Randomness;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One rule of a virtual host, compiled. Immutable. */
public final class Route {

    private final RouteConfig config;
    private final Destination[] destinations;
    private final RetryPolicy retry;
    private final @Nullable Fault fault;
    private final @Nullable Pattern pathPattern;
    private final TextTest[] headerTests;
    private final long totalWeight;

    /** Compiles a route. */
    public Route(RouteConfig config, List<Destination> destinations) {
        this.config = config;
        this.destinations = destinations.toArray(new Destination[0]);
        this.retry = new RetryPolicy(config.retry());
        this.fault = config.fault() == null ? null : new Fault(config.fault());
        PathMatch path = config.match().path();
        this.pathPattern = path.kind() == PathMatch.Kind.REGEX ? Pattern.compile(path.value()) : null;
        this.headerTests = config.match().headers().stream()
                .map(header -> TextTest.compile(header.match()))
                .toArray(TextTest[]::new);
        this.totalWeight = destinations.stream().mapToLong(Destination::weight).sum();
    }

    boolean matches(Call call) {
        return pathMatches(call.path()) && headersMatch(call);
    }

    private boolean pathMatches(String path) {
        PathMatch match = config.match().path();
        String value = match.value();
        return switch (match.kind()) {
            case EXACT -> match.ignoreCase() ? path.equalsIgnoreCase(value) : path.equals(value);
            case PREFIX -> path.regionMatches(match.ignoreCase(), 0, value, 0, value.length());
            case SEGMENT_PREFIX ->
                path.regionMatches(match.ignoreCase(), 0, value, 0, value.length())
                        && (path.length() == value.length()
                                || value.endsWith("/")
                                || path.charAt(value.length()) == '/');
            case REGEX -> Objects.requireNonNull(pathPattern).matches(path);
        };
    }

    private boolean headersMatch(Call call) {
        List<HeaderMatch> headers = config.match().headers();
        for (int i = 0; i < headerTests.length; i++) {
            HeaderMatch header = headers.get(i);
            String value = value(call, header.name());
            if (value == null && header.missingAsEmpty()) {
                value = "";
            }
            boolean holds = value != null && headerTests[i].test(value);
            if (holds == header.invert()) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String value(Call call, String name) {
        return switch (name) {
            case ":method" -> call.method();
            case ":scheme" -> call.scheme();
            case ":authority" -> call.host();
            default -> call.header(name);
        };
    }

    /** {@return what it was compiled from} */
    public RouteConfig config() {
        return config;
    }

    /** {@return its name} */
    public String name() {
        return config.name();
    }

    /** {@return longest time of a whole call, {@link Long#MAX_VALUE} if there is no limit} */
    public long timeoutNanos() {
        return config.timeout() == null ? Long.MAX_VALUE : config.timeout().toNanos();
    }

    /** {@return what is repeated} */
    public RetryPolicy retry() {
        return retry;
    }

    /** {@return injected faults, null for none} */
    public @Nullable Fault fault() {
        return fault;
    }

    /** {@return the answer of a route that calls nobody, null for the others} */
    public Outcome.@Nullable LocalReply localReply(Call call) {
        if (config.action() instanceof RouteAction.DirectResponse direct) {
            return new Outcome.LocalReply(
                    Outcome.Reason.DIRECT_RESPONSE,
                    direct.status(),
                    StatusCodes.grpcOf(direct.status()),
                    direct.body(),
                    null);
        }
        return null;
    }

    /** {@return a destination, drawn by weight} */
    public @Nullable Destination pick(Randomness random) {
        if (destinations.length == 1) {
            return destinations[0];
        }
        long drawn = random.below(Math.max(1, totalWeight));
        for (Destination destination : destinations) {
            drawn -= destination.weight();
            if (drawn < 0) {
                return destination;
            }
        }
        return null;
    }

    /** {@return the path to send instead, null to keep it} */
    public @Nullable String rewritePath(Call call) {
        if (config.rewrite() == null || config.rewrite().path() == null) {
            return null;
        }
        int matched = config.match().path().value().length();
        return config.rewrite().path()
                + call.path().substring(Math.min(matched, call.path().length()));
    }

    /** {@return the authority to send instead, null to keep it} */
    public @Nullable String rewriteAuthority() {
        return config.rewrite() == null ? null : config.rewrite().authority();
    }

    /** Writes its edits of a request. */
    public void writeRequestHeaders(HeaderSink sink) {
        Destination.write(config.requestHeaders(), sink);
    }

    /** Writes its edits of a response. */
    public void writeResponseHeaders(HeaderSink sink) {
        Destination.write(config.responseHeaders(), sink);
    }

    /** {@return whether responses are edited} */
    public boolean editsResponse() {
        return !config.responseHeaders().isEmpty();
    }
}
