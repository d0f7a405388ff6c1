package io.inmesh.server.explain;

import com.google.protobuf.Duration;
import io.inmesh.server.explain.Step.Stage;
import io.inmesh.xds.core.HeaderValueOption;
import io.inmesh.xds.route.RetryPolicy;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteAction;
import java.util.ArrayList;
import java.util.List;

/** What a route does to the requests that take it, beside sending them somewhere. */
final class RoutePolicy {
    private static final double PER_PERCENT = 10_000.0;

    private RoutePolicy() {}

    /** Steps for changes, timeout, retries and mirrors; those that are not set have none. */
    static List<Step> steps(Route route) {
        List<Step> steps = new ArrayList<>();
        String source = Explainer.source(route.getMetadata());
        RouteAction action = route.getRoute();
        if (!action.getPrefixRewrite().isEmpty()) {
            steps.add(policy("path", "what matched becomes " + action.getPrefixRewrite(), source));
        } else if (action.hasRegexRewrite()) {
            String pattern = action.getRegexRewrite().getPattern().getRegex();
            String substitution = action.getRegexRewrite().getSubstitution();
            steps.add(policy("path", "what matches " + pattern + " becomes " + substitution, source));
        }
        if (!action.getHostRewriteLiteral().isEmpty()) {
            steps.add(policy("host", "becomes " + action.getHostRewriteLiteral(), source));
        }
        headers(
                steps,
                "request headers",
                route.getRequestHeadersToAddList(),
                route.getRequestHeadersToRemoveList(),
                source);
        headers(
                steps,
                "response headers",
                route.getResponseHeadersToAddList(),
                route.getResponseHeadersToRemoveList(),
                source);
        if (nanos(action.getTimeout()) > 0) {
            steps.add(policy("timeout", words(action.getTimeout()) + " with all retries", source));
        }
        if (action.hasRetryPolicy()) {
            steps.add(policy("retries", retries(action.getRetryPolicy()), source));
        }
        for (RouteAction.RequestMirrorPolicy mirror : action.getRequestMirrorPoliciesList()) {
            int share = mirror.getRuntimeFraction().getDefaultValue().getNumerator();
            steps.add(new Step(
                    Stage.MIRROR,
                    mirror.getCluster(),
                    share > 0,
                    share / PER_PERCENT + " % of calls are copied",
                    source));
        }
        return steps;
    }

    private static Step policy(String subject, String reason, String source) {
        return new Step(Stage.POLICY, subject, true, reason, source);
    }

    private static void headers(
            List<Step> steps, String subject, List<HeaderValueOption> added, List<String> removed, String source) {
        List<String> words = new ArrayList<>();
        for (HeaderValueOption option : added) {
            String verb = option.getAppendAction() == HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD
                    ? "set "
                    : "add ";
            words.add(verb + option.getHeader().getKey());
        }
        removed.forEach(name -> words.add("remove " + name));
        if (!words.isEmpty()) {
            steps.add(policy(subject, String.join(", ", words), source));
        }
    }

    private static String retries(RetryPolicy policy) {
        String codes = policy.getRetriableStatusCodesCount() == 0 ? "" : " " + policy.getRetriableStatusCodesList();
        String perTry = policy.hasPerTryTimeout() ? ", each try at most " + words(policy.getPerTryTimeout()) : "";
        return "up to " + policy.getNumRetries().getValue() + " on " + policy.getRetryOn() + codes + perTry;
    }

    private static String words(Duration duration) {
        return java.time.Duration.ofNanos(nanos(duration)).toMillis() + "ms";
    }

    private static long nanos(Duration duration) {
        return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos())
                .toNanos();
    }
}
