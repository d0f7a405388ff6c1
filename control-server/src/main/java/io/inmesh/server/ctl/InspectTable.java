package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Resources of one process in columns: what they are about first, the process's own word and the rules behind them last. */
final class InspectTable {

    private final String what;
    private final boolean wide;
    private final Map<String, String> statuses;

    private InspectTable(String what, boolean wide, Map<String, String> statuses) {
        this.what = what;
        this.wide = wide;
        this.statuses = statuses;
    }

    /**
     * {@return a table still to be filled}
     *
     * @param what what it shows
     * @param wide whether to show versions and whole names
     * @param statuses what the process says of each resource, by {@code type/name}
     */
    static InspectTable of(String what, boolean wide, Map<String, String> statuses) {
        return new InspectTable(what, wide, statuses);
    }

    Table table(JsonNode body) {
        if (what.equals("secrets")) {
            return secrets(body);
        }
        Table table = new Table(header());
        for (JsonNode resource : body.path("resources")) {
            JsonNode content = resource.path("content");
            switch (what) {
                case "clusters" -> cluster(table, resource, content);
                case "routes" ->
                    content.path("virtualHosts")
                            .forEach(host -> host.path("routes").forEach(route -> route(table, resource, host, route)));
                case "endpoints" ->
                    content.path("endpoints")
                            .forEach(group ->
                                    group.path("lbEndpoints").forEach(one -> endpoint(table, resource, group, one)));
                case "policies" -> content.path("filterChains").forEach(chain -> policies(table, resource, chain));
                case "listeners" -> content.path("filterChains").forEach(chain -> listener(table, resource, chain));
                default ->
                    row(
                            table,
                            resource,
                            resource.path("type").asText(),
                            resource.path("name").asText());
            }
        }
        return table;
    }

    private List<String> header() {
        List<String> names = new ArrayList<>(
                switch (what) {
                    case "clusters" -> List.of("SERVICE", "PORT", "SUBSET", "TYPE", "BALANCING");
                    case "routes" -> List.of("PORT", "VIRTUAL HOST", "MATCH", "TO");
                    case "endpoints" -> List.of("ENDPOINT", "HEALTH", "LOCALITY", "WEIGHT", "CLUSTER");
                    case "policies" -> List.of("PORT", "ACTION", "RULE");
                    case "listeners" -> List.of("LISTENER", "PORT", "TRANSPORT", "FILTERS");
                    default -> List.of("TYPE", "NAME");
                });
        names.add("STATUS");
        names.add("FROM");
        if (wide) {
            names.add("VERSION");
        }
        return names;
    }

    private void row(Table table, JsonNode resource, String... cells) {
        rowFrom(table, resource, from(resource.path("from")), cells);
    }

    private void rowFrom(Table table, JsonNode resource, String from, String... cells) {
        List<String> all = new ArrayList<>(List.of(cells));
        all.add(statuses.getOrDefault(
                resource.path("type").asText() + "/" + resource.path("name").asText(), ""));
        all.add(from);
        if (wide) {
            all.add(resource.path("version").asText());
        }
        table.row(all);
    }

    private String from(JsonNode rules) {
        return StreamSupport.stream(rules.spliterator(), false)
                .map(JsonNode::asText)
                .map(rule -> wide ? rule : rule.replaceFirst("\\.[^/]*/", "/"))
                .collect(Collectors.joining(", "));
    }

    private void cluster(Table table, JsonNode resource, JsonNode content) {
        String[] parts = resource.path("name").asText().split("\\|", -1);
        boolean named = parts.length == 4;
        row(
                table,
                resource,
                named ? parts[3] : resource.path("name").asText(),
                named ? parts[1] : "",
                named ? parts[2] : "",
                content.path("type").asText("STATIC"),
                content.path("lbPolicy").asText("ROUND_ROBIN"));
    }

    private void route(Table table, JsonNode resource, JsonNode host, JsonNode route) {
        JsonNode config = route.at("/metadata/filterMetadata/istio/config");
        // A path of the API: the last two parts are kind and name.
        String[] path = config.asText().split("/");
        String kind = path.length < 2 ? "" : path[path.length - 2].replace("-", "") + "/" + path[path.length - 1];
        String from = StreamSupport.stream(resource.path("from").spliterator(), false)
                .map(JsonNode::asText)
                .filter(rule ->
                        !kind.isEmpty() && rule.replaceFirst("\\.[^/]*/", "/").startsWith(kind + "@"))
                .map(rule -> wide ? rule : rule.replaceFirst("\\.[^/]*/", "/"))
                .findFirst()
                .orElse("");
        rowFrom(
                table,
                resource,
                from,
                resource.path("name").asText(),
                host.path("name").asText(),
                InspectText.match(route.path("match")),
                InspectText.destination(route));
    }

    private void endpoint(Table table, JsonNode resource, JsonNode group, JsonNode one) {
        JsonNode socket = one.at("/endpoint/address/socketAddress");
        JsonNode locality = group.path("locality");
        String place = String.join(
                "/",
                locality.path("region").asText(),
                locality.path("zone").asText(),
                locality.path("subZone").asText());
        row(
                table,
                resource,
                socket.path("address").asText() + ":" + socket.path("portValue").asText(),
                one.path("healthStatus").asText("UNKNOWN"),
                place.equals("//") ? "" : place.replaceFirst("/+$", ""),
                one.path("loadBalancingWeight").asText("1"),
                resource.path("name").asText());
    }

    private void policies(Table table, JsonNode resource, JsonNode chain) {
        for (JsonNode filter : chain.findValues("httpFilters")) {
            for (JsonNode http : filter) {
                JsonNode config = http.path("typedConfig");
                rules(table, resource, chain, config.path("rules"), "");
                rules(table, resource, chain, config.path("shadowRules"), " (dry run)");
            }
        }
    }

    private void rules(Table table, JsonNode resource, JsonNode chain, JsonNode rules, String suffix) {
        rules.path("policies")
                .fieldNames()
                .forEachRemaining(name ->
                        row(table, resource, port(chain), rules.path("action").asText("ALLOW") + suffix, name));
    }

    private void listener(Table table, JsonNode resource, JsonNode chain) {
        List<String> filters = new ArrayList<>();
        chain.findValues("httpFilters")
                .forEach(list ->
                        list.forEach(filter -> filters.add(filter.path("name").asText())));
        row(
                table,
                resource,
                resource.path("name").asText(),
                port(chain),
                chain.has("transportSocket") ? "mutual TLS" : "plaintext",
                String.join(", ", filters));
    }

    private static String port(JsonNode chain) {
        return chain.at("/filterChainMatch/destinationPort").asText("all");
    }

    private Table secrets(JsonNode body) {
        Table table = new Table("NAME", "TYPE", "STATUS", "SERIAL NUMBER", "NOT BEFORE", "NOT AFTER");
        boolean leaf = true;
        for (JsonNode certificate : body.path("certificates")) {
            String end = certificate.path("notAfter").asText();
            table.row(
                    certificate.path("subject").asText(),
                    leaf ? "certificate" : "intermediate",
                    java.time.Instant.parse(end).isAfter(java.time.Instant.now()) ? "valid" : "ENDED",
                    certificate.path("serial").asText(),
                    certificate.path("notBefore").asText(),
                    end);
            leaf = false;
        }
        for (JsonNode resource : body.path("resources")) {
            String name = resource.path("name").asText();
            table.row(name, "trust bundle", statuses.getOrDefault("secret/" + name, ""), "", "", "");
        }
        return table;
    }
}
