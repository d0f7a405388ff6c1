package io.inmesh.server.gateway;

import io.inmesh.server.rule.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One rule of a route.
 *
 * @param field where it is written
 * @param name {@code namespace.route.rule}, the last part being the rule's own name, else its position from 0
 * @param filters what is done to requests and responses, in order; those of a sole backend among them
 * @param backends where requests are forwarded to, in the order written
 * @param mirrors where copies go
 * @param unsupported filters nobody here can carry out; a rule that has any answers with an error
 */
public record RouteRule(
        Field field,
        String name,
        List<Field> filters,
        List<Backend> backends,
        List<Backend> mirrors,
        List<Field> unsupported) {
    private static final Set<String> FOR_HEADERS = Set.of("RequestHeaderModifier", "ResponseHeaderModifier");
    private static final Set<String> ANYWHERE =
            Set.of("RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "RequestRedirect", "URLRewrite");
    private static final Set<String> ONCE = Set.of("RequestRedirect", "URLRewrite");

    public RouteRule {
        filters = List.copyOf(filters);
        backends = List.copyOf(backends);
        mirrors = List.copyOf(mirrors);
        unsupported = List.copyOf(unsupported);
    }

    static RouteRule of(Field rule, String prefix, int index, String routeNamespace, ServiceDirectory services) {
        List<Backend> backends = rule.get("backendRefs").items().stream()
                .map(ref -> Backends.resolve(ref, routeNamespace, services))
                .toList();
        List<Field> filters = new ArrayList<>();
        List<Field> unsupported = new ArrayList<>();
        for (Field filter : rule.get("filters").items()) {
            (ANYWHERE.contains(filter.get("type").text()) ? filters : unsupported).add(filter);
        }
        List<Backend> drawn = backends.stream().filter(b -> b.weight() > 0).toList();
        for (Backend backend : drawn) {
            for (Field filter : backend.ref().get("filters").items()) {
                ofBackend(filter, drawn.size() == 1, filters, unsupported);
            }
        }
        List<Backend> mirrors = filters.stream()
                .filter(filter -> filter.get("type").text().equals("RequestMirror"))
                .map(filter ->
                        Backends.resolve(filter.get("requestMirror").get("backendRef"), routeNamespace, services))
                .toList();
        String own = rule.get("name").text(Integer.toString(index));
        return new RouteRule(rule, prefix + "." + own, filters, backends, mirrors, unsupported);
    }

    /** What concerns a sole backend concerns the whole rule. Of several, each can only have headers edited. */
    private static void ofBackend(Field filter, boolean sole, List<Field> filters, List<Field> unsupported) {
        String type = filter.get("type").text();
        boolean taken = ONCE.contains(type)
                && filters.stream().anyMatch(f -> ONCE.contains(f.get("type").text()));
        if (sole && ANYWHERE.contains(type) && !taken) {
            filters.add(filter);
        } else if (sole || !FOR_HEADERS.contains(type)) {
            unsupported.add(filter);
        }
    }

    /** The alternatives by which a request is recognised; one absent field if every request is meant. */
    public List<Field> matches() {
        List<Field> matches = field.get("matches").items();
        return matches.isEmpty() ? List.of(Field.ABSENT) : matches;
    }

    /** The filters of a type. */
    public List<Field> filters(String type) {
        return filters.stream()
                .filter(filter -> filter.get("type").text().equals(type))
                .toList();
    }

    /** The backends that get a share of the requests. */
    public List<Backend> drawn() {
        return backends.stream().filter(backend -> backend.weight() > 0).toList();
    }

    /** Everything referred to. */
    List<Backend> references() {
        List<Backend> all = new ArrayList<>(backends);
        all.addAll(mirrors);
        return all;
    }
}
