package io.inmesh.bench.micro;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.testkit.FakeCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Configs of a given size, and calls that visit all of one evenly, so that no branch predictor learns a single way through. */
final class Scenes {

    /** Host and port that every scene knows. */
    static final String AUTHORITY = "reviews:9080";

    /** A power of two, so that a mask walks through the calls. */
    static final int CALLS = 1024;

    private static final String CLUSTER = "reviews";
    private static final long SEED = 42;

    private Scenes() {}

    /** {@return one destination with so many plaintext endpoints} */
    static MeshConfig endpoints(int count, LoadBalancer balancer) {
        return endpoints(count, balancer, "1");
    }

    /** {@return the same with the config's version, which also weighs the first endpoint, so that two versions differ} */
    static MeshConfig endpoints(int count, LoadBalancer balancer, String version) {
        List<EndpointConfig> endpoints = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            endpoints.add(EndpointConfig.of("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255), 9080));
        }
        endpoints.set(0, endpoints.get(0).withWeight(Long.parseLong(version)));
        return MeshConfig.builder()
                .version(version)
                .cluster(ClusterConfig.of(CLUSTER).withLoadBalancer(balancer).withEndpoints(endpoints))
                .virtualHost(VirtualHostConfig.of(AUTHORITY, RouteConfig.to(CLUSTER)))
                .build();
    }

    /** {@return one destination with ten endpoints and one concern} */
    static MeshConfig concern(Concern concern) {
        MeshConfig plain = endpoints(10, LoadBalancer.LEAST_REQUEST);
        return MeshConfig.builder()
                .cluster(concern.cluster(plain.clusters().get(0)))
                .virtualHost(VirtualHostConfig.of(AUTHORITY, concern.route(RouteConfig.to(CLUSTER))))
                .build();
    }

    /** {@return one destination with so many path prefixes before its default route} */
    static MeshConfig routes(int count) {
        RouteConfig[] routes = new RouteConfig[count];
        for (int i = 0; i < count - 1; i++) {
            routes[i] =
                    RouteConfig.of("route-" + i, RouteMatch.path(PathMatch.prefix(prefix(i))), RouteAction.to(CLUSTER));
        }
        routes[count - 1] = RouteConfig.to(CLUSTER);
        return MeshConfig.builder()
                .cluster(threeEndpoints(CLUSTER))
                .virtualHost(VirtualHostConfig.of(AUTHORITY, routes))
                .build();
    }

    /** {@return so many destinations with a cluster each} */
    static MeshConfig services(int count) {
        MeshConfig.Builder config = MeshConfig.builder();
        for (int i = 0; i < count; i++) {
            config.cluster(threeEndpoints(service(i)));
            config.virtualHost(VirtualHostConfig.of(service(i) + ":9080", RouteConfig.to(service(i))));
        }
        return config.build();
    }

    /** {@return calls to the destination that every scene knows} */
    static Call[] calls() {
        return calls(i -> FakeCall.get("/reviews/" + i));
    }

    /** {@return calls that match routes of {@link #routes} drawn evenly} */
    static Call[] callsOfRoutes(int count) {
        Random random = new Random(SEED);
        return calls(i -> FakeCall.get(prefix(random.nextInt(count)) + "items/" + i));
    }

    /** {@return calls to services of {@link #services} drawn evenly} */
    static Call[] callsOfServices(int count) {
        Random random = new Random(SEED);
        return calls(i -> FakeCall.get("/items/" + i).to(service(random.nextInt(count)), 9080));
    }

    /** Decides and accounts for one call as an adapter does whose peer answers 200. */
    static Step call(Mesh mesh, Call call) {
        Dispatch dispatch = mesh.outbound(call);
        if (dispatch == null) {
            throw new IllegalStateException("the mesh does not know " + call.host());
        }
        Step end = dispatch.settle((Attempt) dispatch.start(), Outcome.Response.http(200));
        if (!(end instanceof Step.Done)) {
            throw new IllegalStateException("the call did not end: " + end);
        }
        return end;
    }

    private static ClusterConfig threeEndpoints(String name) {
        return ClusterConfig.of(name)
                .endpoint("10.0.0.1", 9080)
                .endpoint("10.0.0.2", 9080)
                .endpoint("10.0.0.3", 9080);
    }

    private static String prefix(int route) {
        return "/api/v1/service-" + route + "/";
    }

    private static String service(int index) {
        return "service-" + index;
    }

    private static Call[] calls(java.util.function.IntFunction<Call> maker) {
        Call[] calls = new Call[CALLS];
        for (int i = 0; i < CALLS; i++) {
            calls[i] = maker.apply(i);
        }
        return calls;
    }
}
