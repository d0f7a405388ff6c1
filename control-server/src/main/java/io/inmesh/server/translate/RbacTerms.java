package io.inmesh.server.translate;

import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Joins matchers: all of them, any of them, none of them. Principals and permissions have the same structure but no common type, so both
 * are spelled out.
 */
final class RbacTerms {
    private RbacTerms() {}

    static Principal allOf(List<Principal> ids) {
        return ids.isEmpty()
                ? Principal.newBuilder().setAny(true).build()
                : Principal.newBuilder()
                        .setAndIds(Principal.Set.newBuilder().addAllIds(ids))
                        .build();
    }

    static Permission allRules(List<Permission> rules) {
        return rules.isEmpty()
                ? Permission.newBuilder().setAny(true).build()
                : Permission.newBuilder()
                        .setAndRules(Permission.Set.newBuilder().addAllRules(rules))
                        .build();
    }

    /** Adds "any of {@code values}" and "none of {@code notValues}", each only if there are such values. */
    static void addPrincipals(
            List<Principal> terms, List<String> values, List<String> notValues, Function<String, Principal> one) {
        if (!values.isEmpty()) {
            terms.add(anyPrincipal(values, one));
        }
        if (!notValues.isEmpty()) {
            terms.add(Principal.newBuilder()
                    .setNotId(anyPrincipal(notValues, one))
                    .build());
        }
    }

    /** As {@link #addPrincipals}, for permissions. */
    static void addPermissions(
            List<Permission> terms, List<String> values, List<String> notValues, Function<String, Permission> one) {
        if (!values.isEmpty()) {
            terms.add(anyPermission(values, one));
        }
        if (!notValues.isEmpty()) {
            terms.add(Permission.newBuilder()
                    .setNotRule(anyPermission(notValues, one))
                    .build());
        }
    }

    private static Principal anyPrincipal(List<String> values, Function<String, Principal> one) {
        List<Principal> ids = new ArrayList<>();
        values.forEach(value -> ids.add(one.apply(value)));
        return Principal.newBuilder()
                .setOrIds(Principal.Set.newBuilder().addAllIds(ids))
                .build();
    }

    private static Permission anyPermission(List<String> values, Function<String, Permission> one) {
        List<Permission> rules = new ArrayList<>();
        values.forEach(value -> rules.add(one.apply(value)));
        return Permission.newBuilder()
                .setOrRules(Permission.Set.newBuilder().addAllRules(rules))
                .build();
    }
}
