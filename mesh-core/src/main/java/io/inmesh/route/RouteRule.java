package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.StatusCodes;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.fault.Fault;
import io.inmesh.retry.RetryPolicy;
import io.inmesh.time.Deadlines;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All of a route that does not depend on where it leads. Immutable; shared by snapshots for as long as the config stays equal. */
final class RouteRule {

    private final RouteConfig config;
    private final RequestTest test;
    private final long timeoutNanos;
    private final RetryPolicy retry;
    private final @Nullable Fault fault;
    private final @Nullable Rewrite rewrite;
    private final @Nullable Redirection redirection;
    private final Outcome.@Nullable LocalReply directResponse;
    private final HashKeys hashKeys;
    private final HeaderEdits requestHeaders;
    private final HeaderEdits responseHeaders;
    private final @Nullable RouteRule ofCopies;

    /**
     * Compiles a route.
     *
     * @throws IllegalArgumentException if a regular expression or a substitution is not valid
     */
    RouteRule(RouteConfig config) {
        this.config = config;
        test = new RequestTest(config.match());
        timeoutNanos =
                config.timeout() == null ? Deadlines.NEVER : config.timeout().toNanos();
        retry = new RetryPolicy(config.retry());
        fault = config.fault() == null ? null : new Fault(config.fault());
        rewrite = config.rewrite() == null ? null : new Rewrite(config.rewrite(), test.path());
        redirection = config.action() instanceof RouteAction.Redirect redirect
                ? new Redirection(redirect, test.path())
                : null;
        directResponse = config.action() instanceof RouteAction.DirectResponse direct ? reply(direct) : null;
        hashKeys = new HashKeys(config.hashOn());
        requestHeaders = new HeaderEdits(config.requestHeaders());
        responseHeaders = new HeaderEdits(config.responseHeaders());
        boolean mirrored = config.action() instanceof RouteAction.Forward forward
                && !forward.mirrors().isEmpty();
        ofCopies = mirrored ? new RouteRule(copies(config)) : null;
    }

    private static RouteConfig copies(RouteConfig config) {
        RouteAction.Forward forward = (RouteAction.Forward) config.action();
        return new RouteConfig(
                config.name(),
                config.match(),
                new RouteAction.Forward(forward.clusters()),
                config.timeout(),
                RetryConfig.NONE,
                null,
                config.rewrite(),
                config.hashOn(),
                config.requestHeaders(),
                config.responseHeaders(),
                config.origin());
    }

    /** {@return the rule of copies, for a route that has mirrors} */
    RouteRule ofCopies() {
        return Objects.requireNonNull(ofCopies, "a route without mirrors has no copies");
    }

    private static Outcome.LocalReply reply(RouteAction.DirectResponse direct) {
        return new Outcome.LocalReply(
                Outcome.Reason.DIRECT_RESPONSE,
                direct.status(),
                StatusCodes.grpcOf(direct.status()),
                direct.body(),
                null);
    }

    RouteConfig config() {
        return config;
    }

    RequestTest test() {
        return test;
    }

    long timeoutNanos() {
        return timeoutNanos;
    }

    RetryPolicy retry() {
        return retry;
    }

    @Nullable
    Fault fault() {
        return fault;
    }

    @Nullable
    Rewrite rewrite() {
        return rewrite;
    }

    Outcome.@Nullable LocalReply localReply(Call call) {
        return redirection == null ? directResponse : redirection.reply(call);
    }

    HashKeys hashKeys() {
        return hashKeys;
    }

    HeaderEdits requestHeaders() {
        return requestHeaders;
    }

    HeaderEdits responseHeaders() {
        return responseHeaders;
    }
}
