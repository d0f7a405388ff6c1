package io.inmesh.client.translate;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.Condition;
import io.inmesh.xds.core.TypedExtensionConfig;
import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.Policy;
import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.rbac.RBAC;
import io.inmesh.xds.rbac.UriTemplateMatchConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Authorization policies. Whatever is not understood makes the whole resource invalid: a rule half understood is no rule. */
final class RbacTranslator {

    private static final String URI_TEMPLATE = "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";

    private final ResourceReader reader;
    private final Matchers matchers;
    private final ClaimTranslator claims;

    RbacTranslator(ResourceReader reader) {
        this.reader = reader;
        this.matchers = new Matchers(reader);
        this.claims = new ClaimTranslator(reader, matchers);
    }

    /**
     * Reads one set.
     *
     * @param field {@code rules} or {@code shadow_rules}
     * @param shadow whether it is only tried out
     */
    AuthorizationConfig translate(String field, RBAC rules, boolean shadow) {
        AuthorizationConfig.Action action = switch (rules.getAction()) {
            case ALLOW -> AuthorizationConfig.Action.ALLOW;
            case DENY -> AuthorizationConfig.Action.DENY;
            case LOG -> AuthorizationConfig.Action.AUDIT;
            case UNRECOGNIZED ->
                throw invalid(field + ".action", "is " + rules.getActionValue() + "; known are ALLOW, DENY and LOG");
        };
        List<AuthorizationConfig.Policy> policies = new ArrayList<>();
        for (Map.Entry<String, Policy> policy : new TreeMap<>(rules.getPoliciesMap()).entrySet()) {
            String name = policy.getKey();
            policies.add(new AuthorizationConfig.Policy(
                    name, condition(field + ".policies[" + name + "]", policy.getValue())));
        }
        return new AuthorizationConfig(action, shadow, policies);
    }

    private Condition condition(String field, Policy policy) {
        List<Condition> permissions = new ArrayList<>();
        policy.getPermissionsList()
                .forEach(permission -> permissions.add(permission(field + ".permissions", permission)));
        List<Condition> principals = new ArrayList<>();
        policy.getPrincipalsList().forEach(principal -> principals.add(principal(field + ".principals", principal)));
        return new Condition.All(List.of(new Condition.AnyOf(permissions), new Condition.AnyOf(principals)));
    }

    private Condition permission(String field, Permission permission) {
        return switch (permission.getRuleCase()) {
            case ANY -> always(field, permission.getAny());
            case AND_RULES -> new Condition.All(permissions(field, permission.getAndRules()));
            case OR_RULES -> new Condition.AnyOf(permissions(field, permission.getOrRules()));
            case NOT_RULE -> new Condition.Not(permission(field, permission.getNotRule()));
            case HEADER -> new Condition.Header(matchers.header(field + ".header", permission.getHeader()));
            case URL_PATH ->
                new Condition.Path(matchers.string(
                        field + ".url_path", permission.getUrlPath().getPath()));
            case URI_TEMPLATE ->
                new Condition.PathTemplate(template(field + ".uri_template", permission.getUriTemplate()));
            case DESTINATION_IP -> new Condition.DestinationIp(Values.cidr(permission.getDestinationIp()));
            case DESTINATION_PORT -> new Condition.DestinationPort(permission.getDestinationPort());
            case REQUESTED_SERVER_NAME ->
                new Condition.RequestedServerName(
                        matchers.string(field + ".requested_server_name", permission.getRequestedServerName()));
            case METADATA -> claims.translate(field, permission.getMetadata());
            case DESTINATION_PORT_RANGE, RULE_NOT_SET ->
                throw invalid(field, permission.getRuleCase() + " is not supported");
        };
    }

    /** Envoy writes a star where policies write a star in braces. */
    private String template(String field, TypedExtensionConfig matcher) {
        if (!matcher.getTypedConfig().getTypeUrl().endsWith(URI_TEMPLATE)) {
            throw invalid(
                    field,
                    "only UriTemplateMatchConfig is known, not \""
                            + matcher.getTypedConfig().getTypeUrl() + "\"");
        }
        String template = reader.unpack(field, matcher.getTypedConfig(), UriTemplateMatchConfig.parser())
                .getPathTemplate();
        if (template.indexOf('{') >= 0) {
            throw invalid(field, "\"" + template + "\" names a variable; only * and ** are known");
        }
        return Arrays.stream(template.split("/", -1))
                .map(segment -> segment.equals("*") || segment.equals("**") ? "{" + segment + "}" : segment)
                .collect(Collectors.joining("/"));
    }

    private List<Condition> permissions(String field, Permission.Set set) {
        List<Condition> all = new ArrayList<>();
        set.getRulesList().forEach(rule -> all.add(permission(field, rule)));
        return all;
    }

    private Condition principal(String field, Principal principal) {
        return switch (principal.getIdentifierCase()) {
            case ANY -> always(field, principal.getAny());
            case AND_IDS -> new Condition.All(principals(field, principal.getAndIds()));
            case OR_IDS -> new Condition.AnyOf(principals(field, principal.getOrIds()));
            case NOT_ID -> new Condition.Not(principal(field, principal.getNotId()));
            case AUTHENTICATED ->
                principal.getAuthenticated().hasPrincipalName()
                        ? new Condition.Principal(matchers.string(
                                field + ".authenticated",
                                principal.getAuthenticated().getPrincipalName()))
                        : new Condition.Authenticated();
            case SOURCE_IP -> new Condition.SourceIp(Values.cidr(principal.getSourceIp()));
            case DIRECT_REMOTE_IP -> new Condition.SourceIp(Values.cidr(principal.getDirectRemoteIp()));
            case REMOTE_IP -> new Condition.RemoteIp(Values.cidr(principal.getRemoteIp()));
            case HEADER -> new Condition.Header(matchers.header(field + ".header", principal.getHeader()));
            case URL_PATH ->
                new Condition.Path(matchers.string(
                        field + ".url_path", principal.getUrlPath().getPath()));
            case METADATA -> claims.translate(field, principal.getMetadata());
            case IDENTIFIER_NOT_SET -> throw invalid(field, principal.getIdentifierCase() + " is not supported");
        };
    }

    private List<Condition> principals(String field, Principal.Set set) {
        List<Condition> all = new ArrayList<>();
        set.getIdsList().forEach(id -> all.add(principal(field, id)));
        return all;
    }

    private Condition always(String field, boolean any) {
        if (!any) {
            throw invalid(field + ".any", "must be true");
        }
        return new Condition.Always();
    }

    private InvalidResourceException invalid(String field, String message) {
        return reader.invalid(field, message);
    }
}
