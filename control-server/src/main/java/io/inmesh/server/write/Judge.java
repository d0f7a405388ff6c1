package io.inmesh.server.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Problem.Severity;
import io.inmesh.server.validate.Validator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Judges resources against the configuration as it will be. A pure function of its arguments. */
public final class Judge {

    private final List<Validator> validators;

    /**
     * Makes a judge.
     *
     * @param validators who judge, in order; after an error the later ones are not asked, because a wrong shape makes their judgement
     *     meaningless
     */
    public Judge(List<Validator> validators) {
        this.validators = List.copyOf(validators);
    }

    /** {@return what is wrong with resources in a configuration that holds them} */
    public List<Problem> judge(Collection<Resource> candidates, ConfigView configuration) {
        List<Problem> problems = new ArrayList<>();
        for (Resource candidate : candidates) {
            for (Validator validator : validators) {
                List<Problem> found = validator.validate(candidate, configuration);
                problems.addAll(found);
                if (found.stream().anyMatch(p -> p.severity() == Severity.ERROR)) {
                    break;
                }
            }
        }
        return problems;
    }

    /** {@return what would become of documents if they were all there is; for checks without a server} */
    public WriteResult judge(List<ObjectNode> documents, String defaultNamespace) {
        Intake intake = new Intake(defaultNamespace, Origin.API);
        documents.forEach(intake::take);
        Map<ResourceKey, Resource> resources = intake.resources();
        List<Problem> problems = new ArrayList<>(intake.problems());
        problems.addAll(judge(resources.values(), new ConfigView(0, resources.values())));
        return new WriteResult(
                problems.stream().noneMatch(p -> p.severity() == Severity.ERROR), List.of(), intake.notes(), problems);
    }

    /** {@return a configuration with some resources written over it} */
    static ConfigView after(ConfigView before, Map<ResourceKey, Resource> wanted) {
        Map<ResourceKey, Resource> all = new LinkedHashMap<>();
        before.all().forEach(resource -> all.put(resource.key(), resource));
        all.putAll(wanted);
        return new ConfigView(before.revision() + 1, all.values());
    }
}
