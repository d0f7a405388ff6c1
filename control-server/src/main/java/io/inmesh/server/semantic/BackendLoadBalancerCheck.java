package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import java.util.List;
import java.util.Set;

/** {@code spec.loadBalancer} of a BackendTrafficPolicy, by itself and beside the DestinationRules of its host. */
final class BackendLoadBalancerCheck {
    private static final Set<String> HASHING = Set.of("RING_HASH", "MAGLEV");
    private static final double MAX_FACTOR = 100;

    private BackendLoadBalancerCheck() {}

    static void check(Report report, Mesh mesh, String host, Field loadBalancer) {
        if (loadBalancer.absent()) {
            return;
        }
        String algorithm = loadBalancer.get("algorithm").text();
        LearningCheck.check(report, loadBalancer, algorithm);
        List<Field> rules = rules(mesh, host);
        hashing(report, loadBalancer, algorithm, rules);
        report.range(loadBalancer.get("boundedLoad").get("factor"), 1, MAX_FACTOR);
        report.range(loadBalancer.get("subsetting").get("size"), 1, Integer.MAX_VALUE);
        if (!algorithm.isEmpty()) {
            overruled(report, mesh, host, algorithm);
        }
    }

    private static void hashing(Report report, Field loadBalancer, String algorithm, List<Field> rules) {
        List<Field> keys = loadBalancer.get("hashOn").items();
        keys.forEach(key -> HashCheck.key(report, key));
        HashCheck.tables(report, loadBalancer);
        boolean hashes = algorithm.isEmpty()
                ? rules.stream().anyMatch(rule -> rule.get("consistentHash").present())
                : HASHING.contains(algorithm);
        if (!hashes) {
            for (String name : List.of("hashOn", "ringHash", "maglev", "boundedLoad")) {
                if (loadBalancer.get(name).present()) {
                    report.add(
                            Check.NO_EFFECT,
                            loadBalancer.get(name),
                            "has no effect: only RING_HASH and MAGLEV hash calls");
                }
            }
        } else if (keys.isEmpty() && rules.stream().noneMatch(rule -> HashCheck.named(rule.get("consistentHash")))) {
            report.add(
                    Check.HASH_WITHOUT_KEY,
                    loadBalancer.get("algorithm"),
                    algorithm + " has nothing to hash: every call goes to a random endpoint");
        }
    }

    private static void overruled(Report report, Mesh mesh, String host, String algorithm) {
        for (Resource rule : mesh.rules().destinationRules().covering(host)) {
            Field other = Field.spec(rule).get("trafficPolicy").get("loadBalancer");
            for (String name : List.of("simple", "consistentHash")) {
                if (other.get(name).present() && !same(other, name, algorithm)) {
                    report.add(
                            Check.POLICY_WINS,
                            "spec.loadBalancer.algorithm",
                            algorithm + " wins over " + other.get(name).path() + " of " + rule.key());
                }
            }
        }
    }

    private static boolean same(Field rule, String name, String algorithm) {
        return name.equals("simple")
                ? rule.get("simple").text().equals(algorithm)
                : algorithm.equals(rule.get("consistentHash").get("maglev").present() ? "MAGLEV" : "RING_HASH");
    }

    private static List<Field> rules(Mesh mesh, String host) {
        return mesh.rules().destinationRules().covering(host).stream()
                .map(rule -> Field.spec(rule).get("trafficPolicy").get("loadBalancer"))
                .toList();
    }
}
