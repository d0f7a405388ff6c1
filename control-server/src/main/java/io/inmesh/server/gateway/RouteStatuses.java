package io.inmesh.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.gateway.RouteStatus.Condition;
import io.inmesh.server.gateway.RouteStatus.Parent;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.store.ConfigView;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The {@code status} of HTTPRoutes and GRPCRoutes. It is worked out whenever someone reads a route and stored nowhere, so it is never
 * behind the configuration, and a change of it is no change of the route: {@code resourceVersion} stays. Safe for use by several threads.
 */
public final class RouteStatuses {
    /** Tells our entries of a status from those of other controllers. */
    public static final String CONTROLLER = "inmesh.io/control-server";

    private final RuleSettings settings;
    private final Supplier<? extends Collection<MeshService>> discovered;
    private final Clock clock;
    private volatile Judged judged;
    /** Since when each condition is as it is. */
    private final ConcurrentMap<Key, Since> transitions = new ConcurrentHashMap<>();

    private record Judged(ConfigView view, Collection<MeshService> discovered, GatewayRoutes routes) {}

    private record Key(String uid, String parent, String type) {}

    private record Since(boolean holds, Instant time) {}

    /**
     * Judges when somebody asks.
     *
     * @param discovered services that other registries know
     * @param clock tells since when a condition is as it is
     */
    public RouteStatuses(RuleSettings settings, Supplier<? extends Collection<MeshService>> discovered, Clock clock) {
        this.settings = settings;
        this.discovered = discovered;
        this.clock = clock;
        this.judged = judge(new ConfigView(-1, List.of()), List.of());
    }

    /** {@return the body of a resource as it is shown: that of a route with its status, any other as it is stored} */
    public JsonNode shown(Resource resource, ConfigView view) {
        Optional<GatewayRoute> route = routes(view).find(resource.key());
        if (route.isEmpty() || !(resource.raw() instanceof ObjectNode raw)) {
            return resource.raw();
        }
        ObjectNode body = raw.deepCopy();
        ArrayNode parents = body.putObject("status").putArray("parents");
        for (Parent parent : RouteStatus.of(route.get(), routes(view)).parents()) {
            ObjectNode node = parents.addObject();
            node.set("parentRef", parent.ref().node().deepCopy());
            node.put("controllerName", CONTROLLER);
            ArrayNode conditions = node.putArray("conditions");
            for (Condition condition : parent.conditions()) {
                conditions
                        .addObject()
                        .put("type", condition.type())
                        .put("status", condition.holds() ? "True" : "False")
                        .put("reason", condition.reason())
                        .put("message", condition.message())
                        .put("observedGeneration", resource.generation())
                        .put(
                                "lastTransitionTime",
                                since(resource, parent, condition).toString());
            }
        }
        return body;
    }

    /** {@return what of a route is not in force, or fails, in words; empty for other resources} */
    public List<String> problems(Resource resource, ConfigView view) {
        GatewayRoutes all = routes(view);
        Set<String> problems = new LinkedHashSet<>();
        all.find(resource.key())
                .ifPresent(route -> RouteStatus.of(route, all)
                        .parents()
                        .forEach(parent -> parent.conditions().stream()
                                .filter(Condition::problem)
                                .forEach(condition -> problems.add(condition.message()))));
        return List.copyOf(problems);
    }

    /** A condition seen for the first time is taken to be as old as the route, so that a restart of this server changes nothing. */
    private Instant since(Resource resource, Parent parent, Condition condition) {
        Key key = new Key(resource.uid(), parent.ref().path(), condition.type());
        return transitions
                .compute(key, (k, known) -> {
                    if (known == null) {
                        return new Since(condition.holds(), resource.creationTimestamp());
                    }
                    return known.holds() == condition.holds()
                            ? known
                            : new Since(condition.holds(), clock.instant().truncatedTo(ChronoUnit.SECONDS));
                })
                .time();
    }

    private GatewayRoutes routes(ConfigView view) {
        Judged known = judged;
        Collection<MeshService> now = discovered.get();
        if (known.view() != view || known.discovered() != now) {
            known = judge(view, now);
            judged = known;
            Set<String> alive = view.all().stream().map(Resource::uid).collect(Collectors.toSet());
            transitions.keySet().removeIf(key -> !alive.contains(key.uid()));
        }
        return known.routes();
    }

    private Judged judge(ConfigView view, Collection<MeshService> now) {
        return new Judged(view, now, GatewayRoutes.of(view, ServiceIndex.of(view, List.of(), now, settings), settings));
    }
}
