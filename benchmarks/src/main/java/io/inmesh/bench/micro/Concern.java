package io.inmesh.bench.micro;

import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.HeaderEditsConfig.Header;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.ThrottlingConfig;
import java.time.Duration;
import java.util.List;

/** One thing that the mesh does about calls beside choosing an endpoint, switched on alone, so that what it costs can be told. */
public enum Concern {
    /** Nothing but what is always on: retry budget and load. */
    NONE,
    /** A timeout of the whole call, which is announced to the server. */
    TIMEOUT {
        @Override
        RouteConfig route(RouteConfig route) {
            return route.withTimeout(Duration.ofSeconds(10));
        }
    },
    /** Two headers set and one removed. */
    HEADER_EDITS {
        @Override
        RouteConfig route(RouteConfig route) {
            return route.withHeaders(
                    new HeaderEditsConfig(
                            List.of(new Header("x-one", "1"), new Header("x-two", "2")), List.of(), List.of("x-three")),
                    HeaderEditsConfig.NONE);
        }
    },
    /** Outlier detection with Istio's values. */
    EJECTION {
        @Override
        ClusterConfig cluster(ClusterConfig cluster) {
            return cluster.withOutlierDetection(OutlierDetectionConfig.DEFAULT);
        }
    },
    /** A limit of calls in flight. */
    REQUEST_LIMIT {
        @Override
        ClusterConfig cluster(ClusterConfig cluster) {
            return cluster.withCircuitBreaker(limited());
        }
    },
    /** Client-side throttling. */
    THROTTLING {
        @Override
        ClusterConfig cluster(ClusterConfig cluster) {
            return cluster.withClientPolicy(cluster.clientPolicy().withThrottling(ThrottlingConfig.DEFAULT));
        }
    };

    ClusterConfig cluster(ClusterConfig cluster) {
        return cluster;
    }

    RouteConfig route(RouteConfig route) {
        return route;
    }

    private static CircuitBreakerConfig limited() {
        CircuitBreakerConfig none = CircuitBreakerConfig.DEFAULT;
        return new CircuitBreakerConfig(
                1000,
                none.maxRetries(),
                none.failureRatePercent(),
                none.minimumCalls(),
                none.window(),
                none.openDuration(),
                none.halfOpenCalls(),
                none.slowCallPercent(),
                none.slowCallDuration());
    }
}
