package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.kubernetes.ApiServer;
import io.inmesh.server.model.Kinds.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which of the mesh's kinds a cluster knows.
 *
 * @param kinds the version that each is read in
 * @param problems what it knows in no version that this server reads, in words
 */
record Catalogue(Map<Kind, String> kinds, List<String> problems) {

    Catalogue {
        kinds = Map.copyOf(kinds);
        problems = List.copyOf(problems);
    }

    /** {@return what a cluster says of itself at {@code /apis}} */
    static Catalogue ask(ApiServer server) throws IOException, InterruptedException {
        Map<String, Set<String>> served = groups(server.get("/apis"));
        Map<String, Set<String>> collections = new HashMap<>();
        Map<Kind, String> kinds = new LinkedHashMap<>();
        Map<String, Set<String>> unread = new TreeMap<>();
        for (Kind kind : ClusterKinds.all()) {
            Set<String> having = new TreeSet<>();
            for (String version : served.getOrDefault(kind.group(), Set.of())) {
                String at = "/apis/" + kind.group() + "/" + version;
                if (!collections.containsKey(at)) {
                    collections.put(at, followable(server.get(at)));
                }
                if (collections.get(at).contains(kind.plural())) {
                    having.add(version);
                }
            }
            Optional<String> best =
                    kind.versions().stream().filter(having::contains).findFirst();
            best.ifPresent(version -> kinds.put(kind, version));
            if (best.isEmpty() && !having.isEmpty()) {
                unread.computeIfAbsent(kind.group() + " in " + String.join(", ", having), name -> new TreeSet<>())
                        .add(kind.kind());
            }
        }
        List<String> problems = new ArrayList<>();
        unread.forEach((versions, names) -> problems.add("the cluster has " + String.join(", ", names) + " of "
                + versions + " only, which this server does not read"));
        return new Catalogue(kinds, problems);
    }

    private static Map<String, Set<String>> groups(JsonNode list) {
        Map<String, Set<String>> groups = new HashMap<>();
        for (JsonNode group : list.path("groups")) {
            Set<String> versions = new TreeSet<>();
            group.path("versions")
                    .forEach(version -> versions.add(version.path("version").asText()));
            groups.put(group.path("name").asText(), versions);
        }
        return groups;
    }

    private static Set<String> followable(JsonNode list) {
        Set<String> names = new HashSet<>();
        for (JsonNode resource : list.path("resources")) {
            Set<String> verbs = new HashSet<>();
            resource.path("verbs").forEach(verb -> verbs.add(verb.asText()));
            if (verbs.containsAll(Set.of("list", "watch"))) {
                names.add(resource.path("name").asText());
            }
        }
        return names;
    }

    /** {@return the path of a kind's collection in all namespaces} */
    String path(Kind kind) {
        return "/apis/" + kind.group() + "/" + kinds.get(kind) + "/" + kind.plural();
    }
}
