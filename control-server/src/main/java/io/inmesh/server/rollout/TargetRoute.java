package io.inmesh.server.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rollout.RolloutSpec.Destination;
import io.inmesh.server.rollout.RolloutSpec.Target;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.store.ConfigView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The route that a rollout shifts: an entry of {@code http} of a VirtualService, or of {@code rules} of a route of the Gateway API, that
 * leads to the stable and the canary version and to nothing else.
 */
public final class TargetRoute {

    private final Resource resource;
    private final Shape shape;
    private final int entry;
    private final int stable;
    private final int canary;

    private TargetRoute(Resource resource, Shape shape, int entry, int stable, int canary) {
        this.resource = resource;
        this.shape = shape;
        this.entry = entry;
        this.stable = stable;
        this.canary = canary;
    }

    /** How a kind writes routes. */
    private record Shape(String group, String entries, String destinations, int weightIfNoneSaid) {

        static Shape of(String kind) {
            return kind.equals("VirtualService")
                    ? new Shape("networking.istio.io", "http", "route", 0)
                    : new Shape("gateway.networking.k8s.io", "rules", "backendRefs", 1);
        }
    }

    /**
     * What a look for a route found.
     *
     * @param route the route; null if there is none
     * @param problem why not; empty if there is one
     */
    public record Found(@Nullable TargetRoute route, String problem) {}

    /** {@return which resource a rollout shifts} */
    public static ResourceKey key(Target target, String namespace) {
        return new ResourceKey(Shape.of(target.kind()).group(), target.kind(), namespace, target.name());
    }

    /**
     * {@return the route of a rollout}
     *
     * @param namespace the rollout's
     * @param clusterDomain for short host names
     */
    public static Found find(ConfigView view, RolloutSpec spec, String namespace, String clusterDomain) {
        ResourceKey key = key(spec.target(), namespace);
        Optional<Resource> resource = view.get(key);
        if (resource.isEmpty()) {
            return new Found(null, "there is no " + key);
        }
        Shape shape = Shape.of(spec.target().kind());
        List<Field> entries = Field.spec(resource.get()).get(shape.entries()).items();
        String wanted = spec.target().route();
        List<TargetRoute> routes = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            if (wanted.isEmpty() || entries.get(i).get("name").text().equals(wanted)) {
                List<Destination> destinations = entries.get(i).get(shape.destinations()).items().stream()
                        .map(destination -> destination(spec.target().kind(), destination, namespace, clusterDomain))
                        .toList();
                int stable = destinations.indexOf(spec.stable());
                int canary = destinations.indexOf(spec.canary());
                if (stable >= 0 && canary >= 0 && destinations.size() == 2) {
                    routes.add(new TargetRoute(resource.get(), shape, i, stable, canary));
                }
            }
        }
        String both =
                "leads to " + spec.stable().name() + " and " + spec.canary().name() + " and to nothing else";
        if (routes.size() == 1) {
            return new Found(routes.get(0), "");
        }
        return new Found(
                null,
                routes.isEmpty()
                        ? "no route " + (wanted.isEmpty() ? "" : "named " + wanted + " ") + "of " + key + " " + both
                        : routes.size() + " routes of " + key + " " + both.replaceFirst("leads", "lead")
                                + ", so target.route has to name one");
    }

    private static Destination destination(String kind, Field field, String namespace, String clusterDomain) {
        if (kind.equals("VirtualService")) {
            Field destination = field.get("destination");
            return new Destination(
                    HostName.resolve(destination.get("host").text(), namespace, clusterDomain),
                    destination.get("subset").text());
        }
        boolean service = field.get("kind").text("Service").equals("Service")
                && field.get("group").text().isEmpty();
        String home = field.get("namespace").text(namespace);
        return new Destination(service ? HostName.resolve(field.get("name").text(), home, clusterDomain) : "", "");
    }

    /** {@return the resource it is in} */
    public Resource resource() {
        return resource;
    }

    /** {@return its weights} */
    Weights weights() {
        return new Weights(weight(stable), weight(canary));
    }

    private int weight(int destination) {
        return Field.of(destinations(resource.spec()).path(destination), "")
                .get("weight")
                .integer(shape.weightIfNoneSaid());
    }

    private JsonNode destinations(JsonNode spec) {
        return spec.path(shape.entries()).path(entry).path(shape.destinations());
    }

    /** {@return the resource's body with other weights} */
    ObjectNode with(Weights weights) {
        ObjectNode body = resource.raw().deepCopy();
        JsonNode destinations = destinations(body.path("spec"));
        ((ObjectNode) destinations.path(stable)).put("weight", weights.stable());
        ((ObjectNode) destinations.path(canary)).put("weight", weights.canary());
        return body;
    }
}
