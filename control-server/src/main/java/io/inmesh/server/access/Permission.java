package io.inmesh.server.access;

import org.jspecify.annotations.Nullable;

/**
 * What a request needs, in Kubernetes' words.
 *
 * @param role role it takes
 * @param namespace where; empty for what is in no namespace, or in all of them
 * @param verb {@code get}, {@code list}, {@code watch}, {@code create}, {@code update}, {@code patch}, {@code delete} or {@code
 *     deletecollection}; for paths the method in lower case
 * @param resource what it is done to, null if that is a path
 * @param path the path, for what is no resource; else empty
 */
public record Permission(
        Role role, String namespace, String verb, @Nullable Target resource, String path) {

    /**
     * A resource, or all of a kind.
     *
     * @param group API group, empty for core
     * @param plural name of the kind in paths, with its subresource if one is meant: {@code serviceaccounts/token}
     * @param name which one; empty for no particular one
     */
    public record Target(String group, String plural, String name) {}

    /** {@return what a path needs that is no resource} */
    public static Permission ofPath(Role role, String method, String path) {
        return new Permission(role, "", method.toLowerCase(java.util.Locale.ROOT), null, path);
    }

    /** {@return what to do something to a resource needs} */
    public static Permission ofResource(
            Role role, String namespace, String verb, String group, String plural, String name) {
        return new Permission(role, namespace, verb, new Target(group, plural, name), "");
    }

    /** {@return the sentence Kubernetes says to somebody who may not, and which role it takes} */
    public String refusal(Principal principal) {
        String user = "User \"" + principal.id() + "\" cannot " + verb + " ";
        String needed = ": it takes the role " + role + (namespace.isEmpty() ? " in all namespaces" : "");
        if (resource == null) {
            return "forbidden: " + user + "path \"" + path + "\"" + needed;
        }
        String kind = resource.group().isEmpty() ? resource.plural() : resource.plural() + "." + resource.group();
        String which = resource.name().isEmpty() ? "" : " \"" + resource.name() + "\"";
        String where = namespace.isEmpty() ? "at the cluster scope" : "in the namespace \"" + namespace + "\"";
        return kind + which + " is forbidden: " + user + "resource \"" + resource.plural() + "\" in API group \""
                + resource.group() + "\" " + where + needed;
    }
}
