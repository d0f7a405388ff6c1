package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Bindings;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Principal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;

/** Tells callers what they may do ({@code kubectl auth can-i}) and who they are ({@code kubectl auth whoami}). */
final class AccessReviews {

    /** Where "may I" is asked. */
    static final List<String> MAY = List.of("apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews");

    private static final List<String> WHO = List.of("apis", "authentication.k8s.io", "v1", "selfsubjectreviews");
    private static final String ANY = "*";

    private final Bindings bindings;

    AccessReviews(Bindings bindings) {
        this.bindings = bindings;
    }

    /** {@return whether the path is one of these, and has been answered} */
    boolean handle(Exchange exchange, List<String> path) throws IOException, HttpProblem {
        if (!exchange.method().equals("POST")) {
            return false;
        }
        if (path.equals(MAY)) {
            may(exchange);
        } else if (path.equals(WHO)) {
            who(exchange);
        } else {
            return false;
        }
        return true;
    }

    private void may(Exchange exchange) throws IOException, HttpProblem {
        boolean binary = exchange.header(HttpHeader.CONTENT_TYPE)
                .toLowerCase(Locale.ROOT)
                .startsWith(ReviewMessages.CONTENT_TYPE);
        JsonNode spec = (binary ? ReviewMessages.read(exchange.smallBody()) : exchange.form()).path("spec");
        Admission admission = spec.has("nonResourceAttributes")
                ? ofPath(spec.path("nonResourceAttributes"))
                : ofResource(spec.path("resourceAttributes"));
        Permission permission = admission.permission();
        Principal principal = exchange.principal();
        boolean allowed = switch (admission.rule()) {
            case ANYBODY -> true;
            case SOMEBODY, CONTENT -> principal.kind() != Principal.Kind.NOBODY;
            case VIEWER, EDITOR, ADMIN -> bindings.allow(principal, permission.role(), permission.namespace());
        };
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("kind", "SelfSubjectAccessReview")
                .put("apiVersion", "authorization.k8s.io/v1");
        body.putObject("metadata");
        body.set("spec", spec);
        ObjectNode status = body.putObject("status").put("allowed", allowed);
        if (!allowed) {
            status.put("reason", permission.refusal(principal));
        }
        exchange.json(201, body);
    }

    private static Admission ofPath(JsonNode asked) {
        String path = asked.path("path").asText();
        List<String> parts = new ArrayList<>(List.of(path.replaceFirst("^/", "").split("/", -1)));
        if (parts.get(parts.size() - 1).isEmpty()) {
            parts.remove(parts.size() - 1);
        }
        return Admission.of(asked.path("verb").asText().toUpperCase(Locale.ROOT), parts, false);
    }

    /** Asks the table by the request that it would be. */
    private static Admission ofResource(JsonNode asked) {
        String group = asked.path("group").asText();
        String namespace = asked.path("namespace").asText();
        String plural = asked.path("resource").asText();
        String name = asked.path("name").asText();
        String subresource = asked.path("subresource").asText();
        List<String> path = new ArrayList<>();
        path.addAll(group.isEmpty() ? List.of("api") : List.of("apis", group));
        path.add(
                asked.path("version").asText().isEmpty()
                        ? "v1"
                        : asked.path("version").asText());
        if (!namespace.isEmpty() && !plural.equals("namespaces")) {
            path.addAll(List.of("namespaces", namespace));
        }
        path.add(plural);
        if (!name.isEmpty() || !subresource.isEmpty()) {
            path.add(name.isEmpty() ? ANY : name);
        }
        if (!subresource.isEmpty()) {
            path.add(subresource);
        }
        String verb = asked.path("verb").asText();
        // Everything of everything is more than any row says.
        boolean all = List.of(group, plural, verb, namespace).contains(ANY);
        return Admission.of(all ? ANY : method(verb), path, verb.equals("watch"));
    }

    private static String method(String verb) {
        return switch (verb) {
            case "get", "list", "watch" -> "GET";
            case "create" -> "POST";
            case "update" -> "PUT";
            case "patch" -> "PATCH";
            case "delete", "deletecollection" -> "DELETE";
            default -> ANY;
        };
    }

    private static void who(Exchange exchange) throws IOException {
        Principal principal = exchange.principal();
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("kind", "SelfSubjectReview")
                .put("apiVersion", "authentication.k8s.io/v1");
        body.putObject("metadata");
        ObjectNode info = body.putObject("status").putObject("userInfo").put("username", principal.id());
        var groups = info.putArray("groups");
        principal.groups().stream().sorted().forEach(groups::add);
        if (principal.authenticated()) {
            groups.add(Principal.AUTHENTICATED);
        }
        exchange.json(201, body);
    }
}
