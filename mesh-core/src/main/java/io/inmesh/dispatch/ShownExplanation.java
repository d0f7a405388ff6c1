package io.inmesh.dispatch;

import io.inmesh.explain.Explanation;
import io.inmesh.explain.Explanation.DestinationView;
import io.inmesh.explain.Explanation.RouteView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An explanation as operators of other services may see it: without what quotes the request. URLs have queries, routes that did not match
 * say which header values they found, and hashing clusters say what they hashed; each of them may be a secret.
 */
final class ShownExplanation {

    private ShownExplanation() {}

    static String of(Explanation whole) {
        return new Explanation(
                        whole.version(),
                        "the request",
                        whole.verdict(),
                        whole.virtualHost(),
                        List.of(),
                        withoutKeys(whole.route()))
                .toString();
    }

    private static @Nullable RouteView withoutKeys(@Nullable RouteView route) {
        return route == null
                ? null
                : new RouteView(
                        route.name(),
                        route.origin(),
                        route.action(),
                        route.timeout(),
                        route.retry(),
                        route.faults(),
                        null,
                        route.rewrittenAuthority(),
                        route.destinations().stream()
                                .map(ShownExplanation::withoutKey)
                                .toList(),
                        route.mirrors());
    }

    private static DestinationView withoutKey(DestinationView destination) {
        return new DestinationView(
                destination.cluster(),
                destination.origin(),
                destination.weight(),
                destination.percent(),
                destination.missing(),
                destination.loadBalancer(),
                null,
                destination.choice(),
                destination.limits(),
                destination.retriesAvailable(),
                destination.clientPolicy(),
                destination.localities(),
                destination.endpoints());
    }
}
