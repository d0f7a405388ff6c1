package io.inmesh.server.translate;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.AuthorizationPolicies;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.Rules;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.Policy;
import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.rbac.RBAC;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The authorization filters of a workload: the deny list, CUSTOM, AUDIT, DENY, ALLOW, in this order. Policies on trial are the shadow rules of the filter of
 * their action.
 *
 * <p>Stock gRPC servers are sent only what they enforce: no AUDIT and no trials, and what a CUSTOM policy guards is denied, since they
 * cannot ask its authorizer. Source: gRFC A41.
 */
final class RbacFilters {
    private static final String FILTER = "envoy.filters.http.rbac";

    /** Matches nothing. A policy without rules is sent as this, since leaving it out would open what it closes. */
    private static final Policy NEVER = Policy.newBuilder()
            .addPermissions(
                    Permission.newBuilder().setNotRule(Permission.newBuilder().setAny(true)))
            .addPrincipals(
                    Principal.newBuilder().setNotId(Principal.newBuilder().setAny(true)))
            .build();

    /** Name of the policy that refuses denied identities; no AuthorizationPolicy can have it. */
    private static final String DENY_LIST = "inmesh-deny-list";

    private final Personality personality;
    private final boolean clientsKnown;

    private RbacFilters(Personality personality, boolean clientsKnown) {
        this.personality = personality;
        this.clientsKnown = clientsKnown;
    }

    /** The filters that guard a workload, in the order they decide; none if no policy selects it. */
    static List<HttpFilter> of(Rules rules, String namespace, Map<String, String> labels, Personality personality) {
        AuthorizationPolicies policies = rules.authorizationPolicies();
        boolean grpc = personality == Personality.GRPC_SAFE;
        RbacFilters filters = new RbacFilters(personality, !grpc || !believesForwarders(rules, namespace, labels));
        List<Resource> deny = new ArrayList<>(policies.guarding(namespace, labels, "DENY"));
        if (grpc) {
            deny.addAll(policies.guarding(namespace, labels, "CUSTOM"));
        }
        List<HttpFilter> made = new ArrayList<>();
        if (!rules.settings().deniedIdentities().isEmpty()) {
            made.add(denyList(rules.settings().deniedIdentities()));
        }
        if (!grpc) {
            made.addAll(ExternalFilters.of(rules, namespace, labels));
            filters.filter(RBAC.Action.LOG, policies.guarding(namespace, labels, "AUDIT"), List.of())
                    .ifPresent(made::add);
        }
        filters.filter(RBAC.Action.DENY, deny, grpc ? List.of() : policies.onTrial(namespace, labels, "DENY"))
                .ifPresent(made::add);
        filters.filter(
                        RBAC.Action.ALLOW,
                        policies.guarding(namespace, labels, "ALLOW"),
                        grpc ? List.of() : policies.onTrial(namespace, labels, "ALLOW"))
                .ifPresent(made::add);
        return made;
    }

    private static boolean believesForwarders(Rules rules, String namespace, Map<String, String> labels) {
        return rules.inboundTrafficPolicies().forwarders(namespace, labels).any();
    }

    private Optional<HttpFilter> filter(RBAC.Action action, List<Resource> enforced, List<Resource> onTrial) {
        if (enforced.isEmpty() && onTrial.isEmpty()) {
            return Optional.empty();
        }
        io.inmesh.xds.filter.rbac.RBAC.Builder rbac = io.inmesh.xds.filter.rbac.RBAC.newBuilder();
        String word = action.name().toLowerCase(Locale.ROOT);
        if (!enforced.isEmpty()) {
            rbac.setRules(rules(action, enforced));
        }
        if (!onTrial.isEmpty()) {
            // The prefixes that Istio's own tools look for.
            rbac.setShadowRules(rules(action, onTrial)).setShadowRulesStatPrefix("istio_dry_run_" + word + "_");
        }
        return Optional.of(filter(word, rbac));
    }

    /** Denied callers, told by their certificates. It comes first, so that no policy can let them in. */
    private static HttpFilter denyList(Set<String> identities) {
        Policy.Builder policy =
                Policy.newBuilder().addPermissions(Permission.newBuilder().setAny(true));
        identities.stream().sorted().map(RbacValues::spiffeId).forEach(policy::addPrincipals);
        RBAC.Builder rules = RBAC.newBuilder().setAction(RBAC.Action.DENY).putPolicies(DENY_LIST, policy.build());
        return filter("deny_list", io.inmesh.xds.filter.rbac.RBAC.newBuilder().setRules(rules));
    }

    /** A filter that denies everything. */
    static HttpFilter denyAll(String name, String policy) {
        Policy everything = Policy.newBuilder()
                .addPermissions(Permission.newBuilder().setAny(true))
                .addPrincipals(Principal.newBuilder().setAny(true))
                .build();
        RBAC rules = RBAC.newBuilder()
                .setAction(RBAC.Action.DENY)
                .putPolicies(policy, everything)
                .build();
        return filter(name, io.inmesh.xds.filter.rbac.RBAC.newBuilder().setRules(rules));
    }

    /** Rules that mark what an external authorizer is asked about. In doubt it is asked, as DENY denies. */
    static RBAC marking(String prefix, List<Resource> policies) {
        RBAC plain = new RbacFilters(Personality.FULL, true).rules(RBAC.Action.DENY, policies);
        RBAC.Builder marking = plain.toBuilder().clearPolicies();
        plain.getPoliciesMap().forEach((name, policy) -> marking.putPolicies(prefix + name, policy));
        return marking.build();
    }

    /** A name of its own for each: stock gRPC refuses a listener with two filters of one name. */
    static HttpFilter filter(String name, io.inmesh.xds.filter.rbac.RBAC.Builder rbac) {
        return HttpFilter.newBuilder()
                .setName(FILTER + "." + name)
                .setTypedConfig(Protos.pack(rbac.build()))
                .build();
    }

    private RBAC rules(RBAC.Action action, List<Resource> policies) {
        RBAC.Builder rbac = RBAC.newBuilder().setAction(action);
        for (Resource policy : policies) {
            String namespace = policy.key().namespace();
            RbacRule compiler = new RbacRule(namespace, action != RBAC.Action.ALLOW, personality, clientsKnown);
            String prefix = "ns[" + namespace + "]-policy[" + policy.key().name() + "]-rule[";
            List<Field> rules = Field.spec(policy).get("rules").items();
            for (int i = 0; i < rules.size(); i++) {
                rbac.putPolicies(
                        prefix + i + "]", compiler.compile(rules.get(i)).orElse(NEVER));
            }
            if (rules.isEmpty()) {
                rbac.putPolicies(prefix + "0]", NEVER);
            }
        }
        return rbac.build();
    }
}
