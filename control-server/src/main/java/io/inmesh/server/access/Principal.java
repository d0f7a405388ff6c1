package io.inmesh.server.access;

import java.util.Set;

/**
 * Who makes a request.
 *
 * @param kind how a binding may name it
 * @param name user name, SPIFFE id or name of a service token
 * @param groups groups of a user; empty for others
 * @param proof what proved it, for the audit log: {@code certificate}, {@code oidc}, {@code session}, {@code link}, {@code service-token},
 *     {@code loopback} or {@code none}
 */
public record Principal(Kind kind, String name, Set<String> groups, String proof) {

    /** Group of everybody who has proved to be somebody, as in Kubernetes. */
    public static final String AUTHENTICATED = "system:authenticated";

    /** Somebody without credentials on the machine itself, where that is enough for everything. */
    public static final Principal LOOPBACK = new Principal(Kind.LOOPBACK, "loopback", Set.of(), "loopback");

    /** Somebody without credentials. */
    public static final Principal NOBODY = new Principal(Kind.NOBODY, "system:anonymous", Set.of(), "none");

    /** What somebody is, which decides by what word a binding names it. */
    public enum Kind {
        /** Nobody in particular, on the machine itself. */
        LOOPBACK,
        /** Nobody in particular. */
        NOBODY,
        /** A person or program with a user name. */
        USER,
        /** A process of the mesh with an X.509-SVID. */
        WORKLOAD,
        /** A program with a service token. */
        TOKEN
    }

    /** Copies the groups. */
    public Principal {
        groups = Set.copyOf(groups);
    }

    /** {@return a user} */
    static Principal user(String name, Set<String> groups, String proof) {
        return new Principal(Kind.USER, name, groups, proof);
    }

    /** {@return the same one, proved by something else} */
    Principal provedBy(String other) {
        return new Principal(kind, name, groups, other);
    }

    /** {@return whether it has proved to be somebody} */
    public boolean authenticated() {
        return kind != Kind.LOOPBACK && kind != Kind.NOBODY;
    }

    /** {@return its name where names of all kinds stand side by side: messages, the audit log, limits} */
    public String id() {
        return kind == Kind.TOKEN ? "token:" + name : name;
    }
}
