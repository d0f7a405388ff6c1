package io.inmesh.server.access;

import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.server.settings.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Gives a role to somebody, in some namespaces. In settings: {@code {user: ann, role: editor, namespaces: [shop]}}, with {@code group},
 * {@code spiffe} or {@code token} in place of {@code user}.
 *
 * @param subject by what the subject is named
 * @param value the name
 * @param role what it may do
 * @param namespaces where; {@value #EVERYWHERE} for every namespace and for what is in none
 */
record Binding(Subject subject, String value, Role role, Set<String> namespaces) {

    /** Stands for every namespace. */
    static final String EVERYWHERE = "*";

    /** By what a binding names its subject. */
    enum Subject {
        USER,
        GROUP,
        SPIFFE,
        TOKEN;

        String field() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    Binding {
        namespaces = Set.copyOf(namespaces);
    }

    static Binding read(Section section) {
        List<Subject> named = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            if (section.has(subject.field())) {
                named.add(subject);
            }
        }
        if (named.size() != 1) {
            throw section.fault("user", "or group, spiffe or token: exactly one has to say who is meant");
        }
        Subject subject = named.get(0);
        String value = section.text(subject.field());
        if (subject == Subject.SPIFFE) {
            try {
                WorkloadIdentity.parse(value);
            } catch (IllegalArgumentException e) {
                throw section.fault(subject.field(), String.valueOf(e.getMessage()));
            }
        }
        if (!section.has("role")) {
            throw section.fault("role", "is missing; it is viewer, editor or admin");
        }
        Role role = section.choice("role", Role.class, Role.VIEWER);
        List<String> namespaces = section.texts("namespaces");
        if (namespaces.isEmpty()) {
            throw section.fault("namespaces", "is missing; list them, or write [\"*\"] for all");
        }
        return new Binding(subject, value, role, Set.copyOf(namespaces));
    }

    boolean isAbout(Principal principal) {
        return switch (subject) {
            case USER ->
                principal.kind() == Principal.Kind.USER && principal.name().equals(value);
            case GROUP ->
                principal.groups().contains(value)
                        || (principal.authenticated() && value.equals(Principal.AUTHENTICATED));
            case SPIFFE ->
                principal.kind() == Principal.Kind.WORKLOAD && principal.name().equals(value);
            case TOKEN ->
                principal.kind() == Principal.Kind.TOKEN && principal.name().equals(value);
        };
    }

    /** {@return whether it holds in a namespace; the empty name stands for what is in none, or in all} */
    boolean holdsIn(String namespace) {
        return namespaces.contains(EVERYWHERE) || (!namespace.isEmpty() && namespaces.contains(namespace));
    }
}
