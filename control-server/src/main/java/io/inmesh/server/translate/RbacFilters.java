package io.inmesh.server.translate;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.Rules;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.Policy;
import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.rbac.RBAC;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The authorization filters of a workload: the deny list, DENY, then ALLOW. */
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

    private RbacFilters() {}

    /** The filters that guard a workload, in the order they decide; none if no policy selects it. */
    static List<HttpFilter> of(Rules rules, String namespace, Map<String, String> labels, Personality personality) {
        List<HttpFilter> filters = new ArrayList<>();
        if (!rules.settings().deniedIdentities().isEmpty()) {
            filters.add(denyList(rules.settings().deniedIdentities()));
        }
        List<Resource> deny = rules.authorizationPolicies().guarding(namespace, labels, "DENY");
        if (!deny.isEmpty()) {
            filters.add(filter(RBAC.Action.DENY, deny, personality));
        }
        List<Resource> allow = rules.authorizationPolicies().guarding(namespace, labels, "ALLOW");
        if (!allow.isEmpty()) {
            filters.add(filter(RBAC.Action.ALLOW, allow, personality));
        }
        return filters;
    }

    private static HttpFilter filter(RBAC.Action action, List<Resource> policies, Personality personality) {
        RBAC.Builder rbac = RBAC.newBuilder().setAction(action);
        for (Resource policy : policies) {
            String namespace = policy.key().namespace();
            RbacRule compiler = new RbacRule(namespace, action == RBAC.Action.DENY, personality);
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
        return filter(rbac);
    }

    /** Denied callers, told by their certificates. It comes first, so that no policy can let them in. */
    private static HttpFilter denyList(Set<String> identities) {
        Policy.Builder policy =
                Policy.newBuilder().addPermissions(Permission.newBuilder().setAny(true));
        identities.stream().sorted().map(RbacValues::spiffeId).forEach(policy::addPrincipals);
        return filter(RBAC.newBuilder().setAction(RBAC.Action.DENY).putPolicies(DENY_LIST, policy.build()));
    }

    private static HttpFilter filter(RBAC.Builder rbac) {
        return HttpFilter.newBuilder()
                .setName(FILTER)
                .setTypedConfig(Protos.pack(io.inmesh
                        .xds
                        .filter
                        .rbac
                        .RBAC
                        .newBuilder()
                        .setRules(rbac)
                        .build()))
                .build();
    }
}
