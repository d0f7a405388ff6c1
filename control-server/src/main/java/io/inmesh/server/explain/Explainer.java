package io.inmesh.server.explain;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.TypeUrls;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Walks a request through the resources its sender has, as a client would, and writes down what it sees. Pure; sends nothing. */
public final class Explainer {
    private static final int DEFAULT_PORT = 80;

    private final MeshState state;
    private final Caller caller;
    private final Request request;
    private final ResourceSet resources;
    private final List<Step> steps = new ArrayList<>();

    private Explainer(MeshState state, Caller caller, Request request) {
        this.state = state;
        this.caller = caller;
        this.request = request;
        String dnsDomain =
                caller.namespace() + ".svc." + state.rules().settings().clusterDomain();
        this.resources = state.resourcesFor(
                new ClientContext(caller.namespace(), caller.labels(), dnsDomain, Personality.FULL, caller.locality()));
    }

    /** What would happen to {@code request} if {@code caller} sent it now. */
    public static Explanation explain(MeshState state, Caller caller, Request request) {
        try {
            Explainer explainer = new Explainer(state, caller, request);
            return new Explanation(explainer.walk(), explainer.steps);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a resource made here cannot be read", e);
        }
    }

    private String walk() throws InvalidProtocolBufferException {
        Optional<VirtualHost> host = virtualHost();
        if (host.isEmpty()) {
            return "passes through untouched: the mesh does not know \"" + request.authority() + "\"";
        }
        Optional<Route> route = route(host.get());
        if (route.isEmpty()) {
            return "answered with 404 by the caller's own side: no route matches";
        }
        return new ForwardingSteps(state, caller, request, resources, steps).follow(route.get());
    }

    private Optional<VirtualHost> virtualHost() throws InvalidProtocolBufferException {
        String authority = request.authority().toLowerCase(Locale.ROOT);
        for (RouteConfiguration routes : candidates(authority)) {
            List<VirtualHost> exact = routes.getVirtualHostsList().stream()
                    .filter(h -> h.getDomainsList().contains(authority))
                    .toList();
            Optional<VirtualHost> found = exact.isEmpty()
                    ? routes.getVirtualHostsList().stream()
                            .filter(h -> h.getDomainsList().stream()
                                    .anyMatch(d -> HostName.wildcard(d) && HostName.matches(d, authority)))
                            .min(Comparator.comparing(
                                    h -> HostName.mostSpecific(h.getDomainsList(), authority)
                                            .orElse(""),
                                    HostName.MOST_SPECIFIC_FIRST))
                    : Optional.of(exact.get(0));
            if (found.isPresent()) {
                steps.add(new Step(
                        Step.Stage.VIRTUAL_HOST,
                        found.get().getName(),
                        true,
                        "\"" + request.authority() + "\" is one of its names on port " + routes.getName(),
                        ""));
                return found;
            }
        }
        steps.add(new Step(
                Step.Stage.VIRTUAL_HOST,
                request.authority(),
                false,
                "no service or rule visible to the caller has this name",
                ""));
        return Optional.empty();
    }

    /** The routes of the port that was named; else of the only port where the name is known, else of port 80. */
    private List<RouteConfiguration> candidates(String authority) throws InvalidProtocolBufferException {
        int colon = authority.lastIndexOf(':');
        String port = colon < 0 ? "" : authority.substring(colon + 1);
        List<RouteConfiguration> configurations = new ArrayList<>();
        for (VersionedResource resource : resources.all(TypeUrls.ROUTES).values()) {
            if (port.isEmpty() || resource.name().equals(port)) {
                configurations.add(RouteConfiguration.parseFrom(resource.any().getValue()));
            }
        }
        configurations.sort(Comparator.comparing(c -> !c.getName().equals(Integer.toString(DEFAULT_PORT))));
        return configurations;
    }

    private Optional<Route> route(VirtualHost host) {
        for (int i = 0; i < host.getRoutesCount(); i++) {
            Route route = host.getRoutes(i);
            String name = "#" + i + (route.getName().isEmpty() ? "" : " " + route.getName());
            Optional<String> mismatch = RouteMatching.mismatch(route.getMatch(), request);
            steps.add(new Step(
                    Step.Stage.ROUTE,
                    name,
                    mismatch.isEmpty(),
                    mismatch.orElse("everything it asks for is there"),
                    source(route.getMetadata())));
            if (mismatch.isEmpty()) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    static String source(Metadata metadata) {
        return metadata.getFilterMetadataMap().containsKey("istio")
                ? metadata.getFilterMetadataOrThrow("istio")
                        .getFieldsOrDefault("config", Value.getDefaultInstance())
                        .getStringValue()
                : "";
    }
}
