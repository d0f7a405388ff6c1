package io.inmesh.server.explain;

import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.Policy;
import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.rbac.RBAC;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Evaluates authorization filters the way servers do. */
public final class Authorization {
    private static final String FILTER = "envoy.filters.http.rbac";

    private Authorization() {}

    /**
     * Whether a request is let in.
     *
     * @param allowed the answer
     * @param reason the policy that decided, or that none did
     */
    public record Decision(boolean allowed, String reason) {}

    /** Runs the authorization filters among {@code filters} in order. */
    static Decision decide(List<HttpFilter> filters, Request request, Connection connection) {
        Decision last = new Decision(true, "no policy selects the workload");
        for (HttpFilter filter : filters) {
            if (!filter.getName().equals(FILTER)) {
                continue;
            }
            RBAC rules = rules(filter);
            Optional<String> matched = new TreeMap<>(rules.getPoliciesMap())
                    .entrySet().stream()
                            .filter(e -> matches(e.getValue(), request, connection))
                            .map(Map.Entry::getKey)
                            .findFirst();
            if (rules.getAction() == RBAC.Action.DENY) {
                if (matched.isPresent()) {
                    return new Decision(false, "denied by " + matched.get());
                }
                last = new Decision(true, "no DENY policy matches");
            } else if (matched.isEmpty()) {
                return new Decision(
                        false, "none of the ALLOW policies matches: " + new TreeMap<>(rules.getPoliciesMap()).keySet());
            } else {
                last = new Decision(true, "allowed by " + matched.get());
            }
        }
        return last;
    }

    private static RBAC rules(HttpFilter filter) {
        try {
            return io.inmesh
                    .xds
                    .filter
                    .rbac
                    .RBAC
                    .parseFrom(filter.getTypedConfig().getValue())
                    .getRules();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a filter made here cannot be read", e);
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
            case REMOTE_IP -> AddressBlock.contains(principal.getRemoteIp(), connection.sourceAddress());
            case HEADER ->
                RouteMatching.header(
                        principal.getHeader(),
                        request.header(principal.getHeader().getName()));
            default -> false;
        };
    }
}
