package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.rule.RuleOrder;
import io.inmesh.server.semantic.References.Selecting;
import java.util.Map;
import java.util.function.Predicate;

/** Resources of one kind and namespace that may be about the same workload, where a workload obeys only the oldest of them. */
final class Competitors {

    private Competitors() {}

    /**
     * Names the others that compete with a resource.
     *
     * @param mine which workloads it is about
     * @param about whether a resource is about workloads at all
     */
    static void tell(Report report, Mesh mesh, LabelSelector mine, Predicate<Resource> about) {
        Resource resource = report.resource();
        for (Selecting other : mesh.references()
                .selecting(resource.key().kind(), resource.key().namespace())) {
            if (compete(mine, other.selector())
                    && !other.resource().key().equals(resource.key())
                    && about.test(other.resource())) {
                Resource oldest =
                        RuleOrder.OLDEST_FIRST.compare(resource, other.resource()) < 0 ? resource : other.resource();
                report.add(
                        Check.POLICY_CONFLICT,
                        "spec.selector",
                        "is about workloads that " + other.resource().key() + " is about too; only " + oldest.key()
                                + " is obeyed there");
            }
        }
    }

    /** Whether a workload may be selected by both: one for all and one for some do not compete, since the more special one is obeyed. */
    private static boolean compete(LabelSelector one, LabelSelector other) {
        if (one.selectsAll() || other.selectsAll()) {
            return one.selectsAll() && other.selectsAll();
        }
        for (Map.Entry<String, String> label : one.labels().entrySet()) {
            String theirs = other.labels().get(label.getKey());
            if (theirs != null && !theirs.equals(label.getValue())) {
                return false;
            }
        }
        return true;
    }
}
