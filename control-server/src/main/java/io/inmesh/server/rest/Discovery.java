package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What kinds there are, as kubectl asks for it. */
final class Discovery {

    private Discovery() {}

    static ObjectNode versions() {
        ObjectNode body = Exchange.JSON.createObjectNode().put("kind", "APIVersions");
        body.putArray("versions").add("v1");
        body.putArray("serverAddressByClientCIDRs");
        return body;
    }

    static ObjectNode groups() {
        ObjectNode body =
                Exchange.JSON.createObjectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = body.putArray("groups");
        Map<String, Set<String>> byGroup = new LinkedHashMap<>();
        for (Kinds.Kind kind : Kinds.all()) {
            if (!kind.group().isEmpty()) {
                byGroup.computeIfAbsent(kind.group(), group -> new LinkedHashSet<>())
                        .addAll(kind.versions());
            }
        }
        byGroup.forEach((group, versions) -> groups.add(group(group, List.copyOf(versions))));
        return body;
    }

    static ObjectNode group(String name) throws HttpProblem {
        for (var group : groups().path("groups")) {
            if (group.path("name").asText().equals(name)) {
                return ((ObjectNode) group).put("kind", "APIGroup").put("apiVersion", "v1");
            }
        }
        throw HttpProblem.notFound("API group " + name);
    }

    private static ObjectNode group(String name, List<String> versions) {
        ObjectNode group = Exchange.JSON.createObjectNode().put("name", name);
        ArrayNode all = group.putArray("versions");
        versions.forEach(version ->
                all.addObject().put("groupVersion", name + "/" + version).put("version", version));
        group.putObject("preferredVersion")
                .put("groupVersion", name + "/" + versions.get(0))
                .put("version", versions.get(0));
        return group;
    }

    static ObjectNode resources(String group, String version) throws HttpProblem {
        String groupVersion = group.isEmpty() ? version : group + "/" + version;
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", groupVersion);
        ArrayNode resources = body.putArray("resources");
        for (Kinds.Kind kind : Kinds.all()) {
            if (kind.group().equals(group) && kind.versions().contains(version)) {
                ObjectNode resource = resources
                        .addObject()
                        .put("name", kind.plural())
                        .put("singularName", kind.singular())
                        .put("namespaced", kind.namespaced())
                        .put("kind", kind.kind());
                ArrayNode verbs = resource.putArray("verbs");
                List.of("create", "delete", "get", "list", "patch", "update", "watch")
                        .forEach(verbs::add);
                ArrayNode shortNames = resource.putArray("shortNames");
                kind.shortNames().forEach(shortNames::add);
            }
        }
        if (resources.isEmpty()) {
            throw HttpProblem.notFound("API " + groupVersion);
        }
        return body;
    }
}
