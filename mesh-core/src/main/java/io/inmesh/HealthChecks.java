package io.inmesh;

import io.inmesh.check.CheckResult;
import io.inmesh.check.Checker;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.endpoint.CheckState.Verdict;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.ActiveChecks;
import io.inmesh.health.CheckTarget;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.observe.MeshObserver;
import io.inmesh.snapshot.Snapshot;
import io.inmesh.time.Randomness;
import io.inmesh.time.Scheduler;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the endpoints of the config in use checked, by the adapters there are. */
final class HealthChecks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

    private final ConfigApplier configs;
    private final ActiveChecks checks;
    private final Set<String> adapters = new HashSet<>();

    HealthChecks(
            ConfigApplier configs,
            Scheduler scheduler,
            Randomness randomness,
            IdentityHolder identity,
            MeshObserver observer) {
        this.configs = configs;
        this.checks = new ActiveChecks(scheduler, randomness, identity, new Tell(observer));
    }

    /** Takes an adapter's checker unless there is one of that adapter already. */
    synchronized void checkWith(String adapter, Supplier<? extends Checker> checker) {
        if (adapters.add(adapter)) {
            checks.add(checker.get());
        }
    }

    /** Takes over the clusters of the config in use. */
    void refresh() {
        checks.update(() -> targets(configs.snapshot()));
    }

    /** {@return how endpoints of a cluster are checked, in words; empty if they are not to be} */
    String describe(Cluster cluster) {
        HealthCheckConfig config = cluster.config().healthCheck();
        if (config == null) {
            return "";
        }
        String protocol = config.protocol().word();
        return checks.canCheck(config)
                ? protocol
                : protocol + ", which no adapter of this process can do: endpoints stand as reported";
    }

    @Override
    public void close() {
        checks.close();
    }

    private static List<CheckTarget> targets(Snapshot snapshot) {
        return snapshot.clusters().stream()
                .filter(cluster -> cluster.config().healthCheck() != null)
                .map(HealthChecks::target)
                .toList();
    }

    private static CheckTarget target(Cluster cluster) {
        return new CheckTarget(
                cluster.service(),
                Objects.requireNonNull(cluster.config().healthCheck()),
                cluster.endpoints(),
                cluster::security,
                () -> cluster.load().size() > 0);
    }

    /** Passes on what checks show. */
    private record Tell(MeshObserver observer) implements ActiveChecks.Listener {

        @Override
        public void checked(Endpoint endpoint, CheckResult result) {
            observer.checked(endpoint, result.passed());
        }

        @Override
        public void changed(Endpoint endpoint, Verdict verdict, String why) {
            LOG.info(
                    "{} of cluster {} {}",
                    endpoint,
                    endpoint.cluster(),
                    verdict == Verdict.FAILING ? "fails its health checks: " + why : "passes its health checks");
            observer.checkChanged(endpoint, verdict, why);
        }
    }
}
