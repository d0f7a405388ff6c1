package io.inmesh.server.rest;

import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may use which route: the one table of it. The first row that fits decides; what fits none takes an administrator. Rows that say {@link
 * Rule#CONTENT} are decided by what the body is about, by whoever reads it, before anything is done.
 */
final class Admission {

    /** What a route asks for. */
    enum Rule {
        /** Nothing. */
        ANYBODY,
        /** To be somebody. */
        SOMEBODY,
        /** To be somebody; the body decides the rest. */
        CONTENT,
        /** The role viewer, in the namespace of the path, or in all if it has none. */
        VIEWER(Role.VIEWER),
        /** The role editor there. */
        EDITOR(Role.EDITOR),
        /** The role admin there. */
        ADMIN(Role.ADMIN);

        private final @Nullable Role role;

        Rule() {
            this(null);
        }

        Rule(@Nullable Role role) {
            this.role = role;
        }
    }

    private record Row(Set<String> methods, List<String> pattern, Rule rule) {}

    private static final List<Row> TABLE = List.of(
            row("GET,HEAD", "/healthz", Rule.ANYBODY),
            row("GET,HEAD", "/livez", Rule.ANYBODY),
            row("GET,HEAD", "/readyz", Rule.ANYBODY),
            row("GET,POST", "/inmesh/v1/login", Rule.ANYBODY),
            row("GET", "/inmesh/v1/login/oidc", Rule.ANYBODY),
            row("GET", "/inmesh/v1/login/callback", Rule.ANYBODY),
            // The console's own files, which hold nothing of the mesh; its login page is one of them.
            row("GET,HEAD", "/", Rule.ANYBODY),
            row("GET,HEAD", "/console", Rule.ANYBODY),
            row("GET,HEAD", "/console/login", Rule.ANYBODY),
            row("GET,HEAD", "/console/{build}/{file}", Rule.ANYBODY),
            row("GET,HEAD", "/console/{build}/{folder}/{file}", Rule.ANYBODY),
            // What there is, but not what is in it: kubectl asks before everything else.
            row("GET", "/version", Rule.SOMEBODY),
            row("GET", "/api", Rule.SOMEBODY),
            row("GET", "/api/{version}", Rule.SOMEBODY),
            row("GET", "/apis", Rule.SOMEBODY),
            row("GET", "/apis/{group}", Rule.SOMEBODY),
            row("GET", "/apis/{group}/{version}", Rule.SOMEBODY),
            row("GET", "/openapi/{version}", Rule.SOMEBODY),
            row("GET", "/inmesh/v1/kinds", Rule.SOMEBODY),
            // About the caller itself.
            row("POST", "/inmesh/v1/logout", Rule.SOMEBODY),
            row("POST", "/inmesh/v1/login/links", Rule.SOMEBODY),
            row("GET", "/inmesh/v1/session", Rule.SOMEBODY),
            row("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", Rule.SOMEBODY),
            row("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", Rule.SOMEBODY),
            // Editor in the namespace of each document.
            row("POST", "/inmesh/v1/apply", Rule.CONTENT),
            row("POST", "/inmesh/v1/delete", Rule.CONTENT),
            // Viewer in the namespace of each document, or of the resource.
            row("POST", "/inmesh/v1/diff", Rule.CONTENT),
            row("GET", "/inmesh/v1/history", Rule.CONTENT),
            // Editor in the namespace of the resource.
            row("POST", "/inmesh/v1/rollback", Rule.CONTENT),
            // Viewer in the namespace of the caller that is asked about.
            row("POST", "/inmesh/v1/explain", Rule.CONTENT),
            // Admin in the namespace of the service account, or of the process.
            row("POST", "/inmesh/v1/certificates", Rule.CONTENT),
            row("GET", "/inmesh/v1/csds", Rule.CONTENT),
            // Editor in the namespace that is watched or searched; admin where log levels change; viewer of beliefs.
            row("POST", "/inmesh/v1/live/tap", Rule.CONTENT),
            row("POST", "/inmesh/v1/live/find", Rule.CONTENT),
            row("POST", "/inmesh/v1/live/log", Rule.CONTENT),
            row("GET", "/inmesh/v1/live/belief", Rule.CONTENT),
            // Viewer in the namespace of the process, and of each document of a change that is tried on it.
            row("GET", "/inmesh/v1/inspect", Rule.CONTENT),
            row("POST", "/inmesh/v1/inspect", Rule.CONTENT),
            // Editor in the namespace of the instance.
            row("POST", "/inmesh/v1/drains", Rule.CONTENT),
            row("DELETE", "/inmesh/v1/drains", Rule.CONTENT),
            // Viewer in the namespace of the query, or in all.
            row("GET", "/inmesh/v1/drains", Rule.CONTENT),
            row("GET", "/inmesh/v1/status", Rule.CONTENT),
            row("GET", "/inmesh/v1/services", Rule.CONTENT),
            row("GET", "/inmesh/v1/resources", Rule.CONTENT),
            row("GET", "/inmesh/v1/check/mtls", Rule.CONTENT),
            row("GET", "/inmesh/v1/graph", Rule.CONTENT),
            row("GET", "/inmesh/v1/graph/series", Rule.CONTENT),
            row("GET", "/inmesh/v1/graph/routes", Rule.CONTENT),
            row("GET", "/inmesh/v1/rollouts", Rule.CONTENT),
            row("GET", "/inmesh/v1/rollouts/{namespace}/{name}", Rule.CONTENT),
            // Editor in the namespace of the rollout.
            row("POST", "/inmesh/v1/rollouts/{namespace}/{name}/{command}", Rule.CONTENT),
            row("GET", "/inmesh/v1/traffic", Rule.VIEWER),
            row("GET", "/inmesh/v1/analyze", Rule.VIEWER),
            row("GET", "/inmesh/v1/ca", Rule.VIEWER),
            row("GET", "/inmesh/v1/ca/roots", Rule.VIEWER),
            row("GET", "/inmesh/v1/ca/denied", Rule.VIEWER),
            row("GET", "/inmesh/v1/ca/federation", Rule.VIEWER),
            // Roots are public, and other trust domains have no login here.
            row("GET", "/inmesh/v1/bundle", Rule.ANYBODY),
            row("GET", "/metrics", Rule.VIEWER),
            row("GET", "/inmesh/v1/meters", Rule.VIEWER),
            // Namespaces need not be made and nothing is kept of them; files for Kubernetes begin with one.
            row("POST", "/api/v1/namespaces", Rule.SOMEBODY),
            row("GET", "/api/v1/namespaces/{namespace}", Rule.VIEWER),
            row("PUT,PATCH,DELETE", "/api/v1/namespaces/{namespace}", Rule.EDITOR),
            row("POST", "/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token", Rule.ADMIN),
            row("GET", "/api/{version}/namespaces/{namespace}/{plural}", Rule.VIEWER),
            row("GET", "/api/{version}/namespaces/{namespace}/{plural}/{name}", Rule.VIEWER),
            row("POST,PUT,PATCH,DELETE", "/api/{version}/namespaces/{namespace}/{plural}", Rule.EDITOR),
            row("POST,PUT,PATCH,DELETE", "/api/{version}/namespaces/{namespace}/{plural}/{name}", Rule.EDITOR),
            row("GET", "/api/{version}/{plural}", Rule.VIEWER),
            row("GET", "/api/{version}/{plural}/{name}", Rule.VIEWER),
            row("POST,PUT,PATCH,DELETE", "/api/{version}/{plural}", Rule.EDITOR),
            row("POST,PUT,PATCH,DELETE", "/api/{version}/{plural}/{name}", Rule.EDITOR),
            row("GET", "/apis/{group}/{version}/namespaces/{namespace}/{plural}", Rule.VIEWER),
            row("GET", "/apis/{group}/{version}/namespaces/{namespace}/{plural}/{name}", Rule.VIEWER),
            row("POST,PUT,PATCH,DELETE", "/apis/{group}/{version}/namespaces/{namespace}/{plural}", Rule.EDITOR),
            row("POST,PUT,PATCH,DELETE", "/apis/{group}/{version}/namespaces/{namespace}/{plural}/{name}", Rule.EDITOR),
            row("GET", "/apis/{group}/{version}/{plural}", Rule.VIEWER),
            row("GET", "/apis/{group}/{version}/{plural}/{name}", Rule.VIEWER),
            row("POST,PUT,PATCH,DELETE", "/apis/{group}/{version}/{plural}", Rule.EDITOR),
            row("POST,PUT,PATCH,DELETE", "/apis/{group}/{version}/{plural}/{name}", Rule.EDITOR));

    private final Rule rule;
    private final Permission permission;

    private Admission(Rule rule, Permission permission) {
        this.rule = rule;
        this.permission = permission;
    }

    private static Row row(String methods, String pattern, Rule rule) {
        List<String> parts =
                pattern.equals("/") ? List.of() : List.of(pattern.substring(1).split("/"));
        return new Row(Set.of(methods.split(",")), parts, rule);
    }

    /**
     * {@return what a request needs}
     *
     * @param path path without its empty end, as it will be routed
     * @param watch whether it is a watch
     */
    static Admission of(String method, List<String> path, boolean watch) {
        for (Row row : TABLE) {
            Map<String, String> names = row.methods().contains(method) ? match(row.pattern(), path) : null;
            if (names != null) {
                Role role = row.rule().role;
                return new Admission(
                        row.rule(), permission(role == null ? Role.ADMIN : role, method, path, names, watch));
            }
        }
        return new Admission(Rule.ADMIN, Permission.ofPath(Role.ADMIN, method, "/" + String.join("/", path)));
    }

    /** {@return what it asks for} */
    Rule rule() {
        return rule;
    }

    /** {@return the role it takes, where {@link #rule} is a role} */
    Permission permission() {
        return permission;
    }

    private static @Nullable Map<String, String> match(List<String> pattern, List<String> path) {
        if (pattern.size() != path.size()) {
            return null;
        }
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < pattern.size(); i++) {
            String part = pattern.get(i);
            if (part.startsWith("{") && !path.get(i).isEmpty()) {
                names.put(part, path.get(i));
            } else if (!part.equals(path.get(i))) {
                return null;
            }
        }
        return names;
    }

    private static Permission permission(
            Role role, String method, List<String> path, Map<String, String> names, boolean watch) {
        String namespace = names.getOrDefault("{namespace}", "");
        String plural = names.getOrDefault("{plural}", "");
        String name = names.getOrDefault("{name}", "");
        if (plural.isEmpty() && namespace.isEmpty()) {
            return Permission.ofPath(role, method, "/" + String.join("/", path));
        }
        if (plural.isEmpty()) {
            // A namespace itself has no further names; a token belongs to the service account that is named.
            plural = name.isEmpty() ? "namespaces" : "serviceaccounts/token";
            name = name.isEmpty() ? namespace : name;
        }
        return Permission.ofResource(
                role, namespace, verb(method, name, watch), names.getOrDefault("{group}", ""), plural, name);
    }

    private static String verb(String method, String name, boolean watch) {
        return switch (method) {
            case "GET" -> watch ? "watch" : name.isEmpty() ? "list" : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> method.toLowerCase(Locale.ROOT);
        };
    }
}
