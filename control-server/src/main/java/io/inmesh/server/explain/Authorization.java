package io.inmesh.server.explain;

import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.server.translate.RbacPaths;
import io.inmesh.xds.core.TypedExtensionConfig;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.Policy;
import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.rbac.RBAC;
import io.inmesh.xds.rbac.UriTemplateMatchConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Evaluates authorization filters the way servers do. */
public final class Authorization {
    private static final String TOKEN_FILTER = "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication";
    private static final String FILTER = "envoy.extensions.filters.http.rbac.v3.RBAC";
    private static final String EXTERNAL_MARK = "istio_ext_authz_";
    private static final String OPEN = "no policy selects the workload";

    private Authorization() {}

    /**
     * Whether a request is let in.
     *
     * @param allowed the answer
     * @param reason the policy that decided, or that none did
     * @param remarks what policies have to say that change no answer: AUDIT and dry runs
     */
    public record Decision(boolean allowed, String reason, List<String> remarks) {
        /** Copies the list. */
        public Decision {
            remarks = List.copyOf(remarks);
        }

        Decision(boolean allowed, String reason) {
            this(allowed, reason, List.of());
        }

        Decision with(String remark) {
            List<String> all = new ArrayList<>(remarks);
            all.add(remark);
            return new Decision(allowed, reason, all);
        }
    }

    /** Runs the authorization filters among {@code filters} in order. */
    static Decision decide(List<HttpFilter> filters, Request request, Connection connection) {
        List<io.inmesh.xds.filter.rbac.RBAC> all = filters.stream()
                .filter(filter -> filter.getTypedConfig().getTypeUrl().endsWith(FILTER))
                .map(Authorization::rbac)
                .toList();
        Decision decision = enforced(all, request, connection);
        List<String> remarks = new ArrayList<>();
        if (filters.stream()
                .anyMatch(filter -> filter.getTypedConfig().getTypeUrl().endsWith(TOKEN_FILTER))) {
            remarks.add("tokens are verified here; this is said of a request without one");
        }
        boolean allows = false;
        for (io.inmesh.xds.filter.rbac.RBAC filter : all) {
            RBAC rules = filter.getRules();
            if (rules.getAction() == RBAC.Action.LOG) {
                matching(rules, request, connection).forEach(name -> remarks.add("marked by AUDIT policy " + name));
            }
            allows |= filter.hasRules() && rules.getAction() == RBAC.Action.ALLOW;
            if (filter.getShadowRulesStatPrefix().equals(EXTERNAL_MARK)) {
                matching(filter.getShadowRules(), request, connection)
                        .forEach(name -> remarks.add(
                                "an external authorizer is asked by " + name + "; this is said of what it lets in"));
            } else if (filter.hasShadowRules()) {
                remarks.add("dry run: " + shadow(filter.getShadowRules(), allows, decision, request, connection));
            }
        }
        return new Decision(decision.allowed(), decision.reason(), remarks);
    }

    /** Whether any policy asks whom a request is made for. */
    static boolean asksForClients(List<HttpFilter> filters) {
        return filters.stream()
                .filter(filter -> filter.getTypedConfig().getTypeUrl().endsWith(FILTER))
                .map(Authorization::rbac)
                .flatMap(filter -> Stream.of(filter.getRules(), filter.getShadowRules()))
                .flatMap(rules -> rules.getPoliciesMap().values().stream())
                .flatMap(policy -> policy.getPrincipalsList().stream())
                .anyMatch(Authorization::asksForClient);
    }

    private static boolean asksForClient(Principal principal) {
        return switch (principal.getIdentifierCase()) {
            case AND_IDS -> principal.getAndIds().getIdsList().stream().anyMatch(Authorization::asksForClient);
            case OR_IDS -> principal.getOrIds().getIdsList().stream().anyMatch(Authorization::asksForClient);
            case NOT_ID -> asksForClient(principal.getNotId());
            case REMOTE_IP -> true;
            default -> false;
        };
    }

    private static Decision enforced(
            List<io.inmesh.xds.filter.rbac.RBAC> filters, Request request, Connection connection) {
        Decision last = new Decision(true, OPEN);
        for (io.inmesh.xds.filter.rbac.RBAC filter : filters) {
            RBAC rules = filter.getRules();
            if (!filter.hasRules() || rules.getAction() == RBAC.Action.LOG) {
                continue;
            }
            List<String> matched = matching(rules, request, connection);
            if (rules.getAction() == RBAC.Action.DENY) {
                if (!matched.isEmpty()) {
                    return new Decision(false, "denied by " + matched.get(0));
                }
                last = new Decision(true, "no DENY policy matches");
            } else if (matched.isEmpty()) {
                return new Decision(
                        false, "none of the ALLOW policies matches: " + new TreeMap<>(rules.getPoliciesMap()).keySet());
            } else {
                last = new Decision(true, "allowed by " + matched.get(0));
            }
        }
        return last;
    }

    /** What would be if rules on trial were enforced besides those that are; as workloads report it. */
    private static String shadow(
            RBAC rules, boolean allows, Decision decision, Request request, Connection connection) {
        List<String> matched = matching(rules, request, connection);
        if (rules.getAction() == RBAC.Action.DENY) {
            return matched.isEmpty()
                    ? "no DENY policy on trial matches"
                    : (decision.allowed() ? "would be denied by " : "matches, but the request is denied anyway: ")
                            + matched;
        }
        if (!matched.isEmpty()) {
            return (decision.allowed() ? "is still allowed with " : "matches ALLOW policies on trial: ") + matched;
        }
        if (!decision.allowed()) {
            return "no ALLOW policy on trial matches, and the request is denied anyway";
        }
        return allows
                ? "no ALLOW policy on trial matches, but one in force does"
                : "would be denied, since none of the ALLOW policies on trial matches: "
                        + new TreeMap<>(rules.getPoliciesMap()).keySet();
    }

    private static List<String> matching(RBAC rules, Request request, Connection connection) {
        return new TreeMap<>(rules.getPoliciesMap())
                .entrySet().stream()
                        .filter(e -> matches(e.getValue(), request, connection))
                        .map(Map.Entry::getKey)
                        .toList();
    }

    private static io.inmesh.xds.filter.rbac.RBAC rbac(HttpFilter filter) {
        try {
            return io.inmesh.xds.filter.rbac.RBAC.parseFrom(
                    filter.getTypedConfig().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a filter made here cannot be read", e);
        }
    }

    private static boolean fits(TypedExtensionConfig template, String path) {
        try {
            return RbacPaths.fits(
                    UriTemplateMatchConfig.parseFrom(template.getTypedConfig().getValue())
                            .getPathTemplate(),
                    path);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a template made here cannot be read", e);
        }
    }

    private static boolean matches(Policy policy, Request request, Connection connection) {
        return policy.getPermissionsList().stream().anyMatch(p -> matches(p, request, connection))
                && policy.getPrincipalsList().stream().anyMatch(p -> matches(p, request, connection));
    }

    private static boolean matches(Permission permission, Request request, Connection connection) {
        return switch (permission.getRuleCase()) {
            case AND_RULES ->
                permission.getAndRules().getRulesList().stream().allMatch(r -> matches(r, request, connection));
            case OR_RULES ->
                permission.getOrRules().getRulesList().stream().anyMatch(r -> matches(r, request, connection));
            case NOT_RULE -> !matches(permission.getNotRule(), request, connection);
            case ANY -> permission.getAny();
            case HEADER ->
                RouteMatching.header(
                        permission.getHeader(),
                        request.header(permission.getHeader().getName()));
            case URL_PATH -> StringMatching.matches(permission.getUrlPath().getPath(), request.pathOnly());
            case URI_TEMPLATE -> fits(permission.getUriTemplate(), request.pathOnly());
            case DESTINATION_IP ->
                AddressBlock.contains(permission.getDestinationIp(), connection.destinationAddress());
            case DESTINATION_PORT -> permission.getDestinationPort() == connection.destinationPort();
            case REQUESTED_SERVER_NAME ->
                StringMatching.matches(permission.getRequestedServerName(), connection.serverName());
            default -> false;
        };
    }

    private static boolean matches(Principal principal, Request request, Connection connection) {
        return switch (principal.getIdentifierCase()) {
            case AND_IDS -> principal.getAndIds().getIdsList().stream().allMatch(i -> matches(i, request, connection));
            case OR_IDS -> principal.getOrIds().getIdsList().stream().anyMatch(i -> matches(i, request, connection));
            case NOT_ID -> !matches(principal.getNotId(), request, connection);
            case ANY -> principal.getAny();
            case AUTHENTICATED ->
                !connection.principal().isEmpty()
                        && StringMatching.matches(
                                principal.getAuthenticated().getPrincipalName(), connection.principal());
            case DIRECT_REMOTE_IP -> AddressBlock.contains(principal.getDirectRemoteIp(), connection.sourceAddress());
            case REMOTE_IP -> AddressBlock.contains(principal.getRemoteIp(), connection.clientAddress());
            case HEADER ->
                RouteMatching.header(
                        principal.getHeader(),
                        request.header(principal.getHeader().getName()));
            default -> false;
        };
    }
}
