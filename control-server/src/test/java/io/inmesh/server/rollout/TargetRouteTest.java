package io.inmesh.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Where weights are found, and where not. */
class TargetRouteTest {

    private static final String VIRTUAL_SERVICE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http:
                - name: testers
                  route:
                    - {destination: {host: reviews, subset: v2}}
                - name: all
                  route:
                    - {destination: {host: reviews.default.svc.cluster.local, subset: v2}, weight: 5}
                    - {destination: {host: reviews, subset: v1}, weight: 95}
                - name: beta
                  route:
                    - {destination: {host: reviews, subset: v1}}
                    - {destination: {host: reviews, subset: v2}, weight: 1}
                - name: three
                  route:
                    - {destination: {host: reviews, subset: v1}, weight: 1}
                    - {destination: {host: reviews, subset: v2}, weight: 1}
                    - {destination: {host: reviews, subset: v3}, weight: 1}
            """;
    private static final String HTTP_ROUTE = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: reviews}
            spec:
              parentRefs: [{group: "", kind: Service, name: reviews}]
              rules:
                - backendRefs:
                    - {name: reviews-v1, port: 9080}
                    - {name: reviews-v2, port: 9080, weight: 3}
            """;

    @Test
    void aRouteIsFoundByItsNameInWhateverOrderItNamesTheVersions() {
        TargetRoute route = found("VirtualService", "all");
        assertThat(route.weights()).isEqualTo(new Weights(95, 5));
        assertThat(route.with(new Weights(40, 60)).at("/spec/http/1/route").toString())
                .contains("\"v2\"},\"weight\":60", "\"v1\"},\"weight\":40");
    }

    @Test
    void aWeightThatIsNotSaidIsNoneOfAVirtualServiceAndOneOfTheGatewayApi() {
        assertThat(found("VirtualService", "beta").weights()).isEqualTo(new Weights(0, 1));
        TargetRoute route = found("HTTPRoute", "");
        assertThat(route.weights()).isEqualTo(new Weights(1, 3));
        assertThat(route.with(new Weights(40, 60))
                        .at("/spec/rules/0/backendRefs/0/weight")
                        .asInt())
                .isEqualTo(40);
    }

    @Test
    void whatCannotBeShiftedIsSaid() {
        assertThat(problem("VirtualService", ""))
                .isEqualTo("2 routes of VirtualService default/reviews lead to v1 and v2 and to nothing else, so"
                        + " target.route has to name one");
        assertThat(problem("VirtualService", "three"))
                .isEqualTo(
                        "no route named three of VirtualService default/reviews leads to v1 and v2 and to nothing else");
        assertThat(problem("VirtualService", "testers")).startsWith("no route named testers");
        assertThat(problem("GRPCRoute", "")).isEqualTo("there is no GRPCRoute default/reviews");
    }

    private static TargetRoute found(String kind, String route) {
        return Objects.requireNonNull(look(kind, route).route());
    }

    private static String problem(String kind, String route) {
        TargetRoute.Found found = look(kind, route);
        assertThat(found.route()).isNull();
        return found.problem();
    }

    private static TargetRoute.Found look(String kind, String route) {
        boolean subsets = kind.equals("VirtualService");
        Resource rollout = Config.resource("""
                apiVersion: inmesh.io/v1alpha1
                kind: Rollout
                metadata: {name: reviews}
                spec:
                  target: {kind: %s, name: reviews, route: "%s"}
                  stable: {host: %s}
                  canary: {host: %s}
                """.formatted(
                        kind,
                        route,
                        subsets ? "reviews, subset: v1" : "reviews-v1",
                        subsets ? "reviews, subset: v2" : "reviews-v2"));
        return TargetRoute.find(
                Config.view(VIRTUAL_SERVICE, HTTP_ROUTE),
                RolloutSpec.read(rollout, "cluster.local"),
                "default",
                "cluster.local");
    }
}
