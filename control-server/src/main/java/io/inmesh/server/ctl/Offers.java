package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.model.Kinds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names that may stand where somebody asks a shell for them.
 *
 * @param api the server to ask; asked for nothing that would be in the audit log
 * @param environment where the file of contexts is found by
 */
record Offers(Api api, Map<String, String> environment) {

    private static final String NAME = "name";
    private static final String NAMESPACE = "namespace";

    /**
     * {@return names, sorted}
     *
     * @throws Failure if the server does not tell
     */
    Set<String> of(Offer offer, TypedLine line) throws Failure, IOException {
        String given = line.options().getOrDefault("--namespace", "");
        String namespace = given.isEmpty() ? "default" : given;
        Set<String> names = new TreeSet<>();
        switch (offer) {
            case CONTEXTS -> Contexts.read(environment).all().forEach(context -> names.add(context.getKey()));
            case DRAINED -> names.addAll(members("/inmesh/v1/drains", namespace, "items", "instance"));
            case INSTANCES -> names.addAll(members("/inmesh/v1/status", namespace, "workloads", NAME));
            case NAMESPACES -> {
                names.addAll(members("/inmesh/v1/services", "", "services", NAMESPACE));
                names.addAll(members("/inmesh/v1/status", "", "processes", NAMESPACE));
            }
            case PROCESSES -> names.addAll(members("/inmesh/v1/status", namespace, "processes", NAME));
            case KINDS_AND_RESOURCES -> {
                if (line.words().isEmpty()) {
                    new KindWords().forEach(names::add);
                } else {
                    names.addAll(resources(line, namespace));
                }
            }
            case RESOURCES -> names.addAll(resources(line, namespace));
            case ROLLOUTS -> names.addAll(members("/inmesh/v1/rollouts", namespace, "items", NAME));
            case SERVICES -> names.addAll(members("/inmesh/v1/services", given, "services", NAME));
            case SERVICES_AND_PROCESSES -> {
                names.addAll(members("/inmesh/v1/services", namespace, "services", NAME));
                names.addAll(members("/inmesh/v1/status", namespace, "processes", NAME));
            }
        }
        return names;
    }

    private List<String> resources(TypedLine line, String namespace) throws Failure {
        if (line.words().isEmpty()) {
            return List.of();
        }
        Kinds.Kind kind = Paths.kind(line.words().get(0));
        List<String> names = new ArrayList<>();
        for (JsonNode resource :
                api.get(Paths.of(kind, namespace, null)).orFail().path("items")) {
            names.add(resource.at("/metadata/name").asText());
        }
        return names;
    }

    /** {@return one member of each thing of an answer; an empty namespace is for all} */
    private List<String> members(String path, String namespace, String things, String member) throws Failure {
        String query = namespace.isEmpty() ? "" : "?namespace=" + Api.encoded(namespace);
        List<String> names = new ArrayList<>();
        for (JsonNode thing : api.get(path + query).orFail().path(things)) {
            names.add(thing.path(member).asText());
        }
        return names;
    }
}
