package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.Policy;
import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.route.HeaderMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One rule of an AuthorizationPolicy as an RBAC policy: any of its sources, any of its operations, all of its conditions.
 *
 * <p>What a client cannot evaluate (the state of other filters, or tokens in stock gRPC) must not make it less strict. In an ALLOW rule such a condition never holds;
 * in a DENY rule it is taken as holding, so that the rule denies more rather than less.
 */
final class RbacRule {
    private final String namespace;
    private final boolean deny;
    private final Personality personality;
    private final boolean clientsKnown;

    /**
     * Compiles rules of one policy.
     *
     * @param namespace the policy's
     * @param deny whether what cannot be evaluated is taken as met, rather than never
     * @param personality what the clients can evaluate
     * @param clientsKnown whether they know the address of whom a request is made for
     */
    RbacRule(String namespace, boolean deny, Personality personality, boolean clientsKnown) {
        this.namespace = namespace;
        this.deny = deny;
        this.personality = personality;
        this.clientsKnown = clientsKnown;
    }

    /** The rule's policy; empty if it can never match. */
    Optional<Policy> compile(Field rule) {
        List<Principal> sourceConditions = new ArrayList<>();
        List<Permission> operationConditions = new ArrayList<>();
        for (Field condition : rule.get("when").items()) {
            if (!condition(condition, sourceConditions, operationConditions) && !deny) {
                return Optional.empty();
            }
        }
        Policy.Builder policy = Policy.newBuilder();
        List<Field> sources = rule.get("from").items();
        for (Field from : sources) {
            List<Principal> terms = new ArrayList<>(sourceConditions);
            if (source(from.get("source"), terms) || deny) {
                policy.addPrincipals(RbacTerms.allOf(terms));
            }
        }
        if (sources.isEmpty()) {
            policy.addPrincipals(RbacTerms.allOf(sourceConditions));
        }
        List<Field> operations = rule.get("to").items();
        for (Field to : operations) {
            List<Permission> terms = new ArrayList<>(operationConditions);
            operation(to.get("operation"), terms);
            policy.addPermissions(RbacTerms.allRules(terms));
        }
        if (operations.isEmpty()) {
            policy.addPermissions(RbacTerms.allRules(operationConditions));
        }
        return policy.getPrincipalsCount() == 0 ? Optional.empty() : Optional.of(policy.build());
    }

    /** Adds what a source asks; false if it asks something no client can evaluate. */
    private boolean source(Field source, List<Principal> terms) {
        principals(terms, source, "principals", "notPrincipals", RbacValues::principal);
        principals(terms, source, "namespaces", "notNamespaces", RbacValues::namespace);
        principals(
                terms,
                source,
                "serviceAccounts",
                "notServiceAccounts",
                value -> RbacValues.serviceAccount(value, namespace));
        principals(terms, source, "trustDomains", "notTrustDomains", RbacValues::trustDomain);
        principals(terms, source, "ipBlocks", "notIpBlocks", RbacRule::directAddress);
        if (clientsKnown) {
            principals(terms, source, "remoteIpBlocks", "notRemoteIpBlocks", RbacRule::remoteAddress);
        }
        if (personality == Personality.FULL) {
            principals(terms, source, "requestPrincipals", "notRequestPrincipals", RbacClaims::requestPrincipal);
            return true;
        }
        return AuthorizationKeys.unknownInSource(clientsKnown).stream()
                .allMatch(field -> source.get(field).items().isEmpty());
    }

    private void operation(Field operation, List<Permission> terms) {
        permissions(
                terms,
                operation,
                "hosts",
                "notHosts",
                host -> headerRule(grpc() ? GrpcMatchers.host(host) : RbacValues.header(":authority", host, true)));
        permissions(
                terms,
                operation,
                "methods",
                "notMethods",
                method -> headerRule(RbacValues.header(":method", method, false)));
        permissions(terms, operation, "paths", "notPaths", path -> RbacPaths.rule(path, personality));
        permissions(terms, operation, "ports", "notPorts", RbacRule::portRule);
    }

    /** Adds a {@code when} condition; false if no client can evaluate its key. */
    private boolean condition(Field condition, List<Principal> sources, List<Permission> operations) {
        String key = condition.get("key").text();
        List<String> values = condition.get("values").texts();
        List<String> notValues = condition.get("notValues").texts();
        if (!AuthorizationKeys.evaluable(key, personality)
                || key.equals(AuthorizationKeys.CLIENT_ADDRESS) && !clientsKnown) {
            return false;
        }
        String header = AuthorizationKeys.headerName(key);
        if (!header.isEmpty()) {
            RbacTerms.addPrincipals(sources, values, List.of(), value -> headerId(header, value, !deny));
            RbacTerms.addPrincipals(sources, List.of(), notValues, value -> headerId(header, value, deny));
            return true;
        }
        List<String> claim = AuthorizationKeys.claimPath(key);
        if (!claim.isEmpty()) {
            if (!values.isEmpty()) {
                sources.add(RbacClaims.claim(claim, values));
            }
            if (!notValues.isEmpty()) {
                sources.add(Principal.newBuilder()
                        .setNotId(RbacClaims.claim(claim, notValues))
                        .build());
            }
            return true;
        }
        switch (key) {
            case AuthorizationKeys.REQUEST_PRINCIPAL ->
                RbacTerms.addPrincipals(sources, values, notValues, RbacClaims::requestPrincipal);
            case "source.ip" -> RbacTerms.addPrincipals(sources, values, notValues, RbacRule::directAddress);
            case AuthorizationKeys.CLIENT_ADDRESS ->
                RbacTerms.addPrincipals(sources, values, notValues, RbacRule::remoteAddress);
            case "source.namespace" -> RbacTerms.addPrincipals(sources, values, notValues, RbacValues::namespace);
            case "source.principal" -> RbacTerms.addPrincipals(sources, values, notValues, RbacValues::principal);
            case "source.trustDomain" -> RbacTerms.addPrincipals(sources, values, notValues, RbacValues::trustDomain);
            case "source.serviceAccount" ->
                RbacTerms.addPrincipals(
                        sources, values, notValues, value -> RbacValues.serviceAccount(value, namespace));
            case "destination.ip" ->
                RbacTerms.addPermissions(
                        operations,
                        values,
                        notValues,
                        value -> Permission.newBuilder()
                                .setDestinationIp(RbacValues.block(value))
                                .build());
            case "destination.port" -> RbacTerms.addPermissions(operations, values, notValues, RbacRule::portRule);
            default ->
                RbacTerms.addPermissions(
                        operations,
                        values,
                        notValues,
                        value -> Permission.newBuilder()
                                .setRequestedServerName(RbacValues.text(value))
                                .build());
        }
        return true;
    }

    private static void principals(
            List<Principal> terms, Field source, String field, String notField, Function<String, Principal> one) {
        RbacTerms.addPrincipals(
                terms, source.get(field).texts(), source.get(notField).texts(), one);
    }

    private static void permissions(
            List<Permission> terms, Field operation, String field, String notField, Function<String, Permission> one) {
        RbacTerms.addPermissions(
                terms, operation.get(field).texts(), operation.get(notField).texts(), one);
    }

    private static Principal directAddress(String value) {
        return Principal.newBuilder().setDirectRemoteIp(RbacValues.block(value)).build();
    }

    private static Principal remoteAddress(String value) {
        return Principal.newBuilder().setRemoteIp(RbacValues.block(value)).build();
    }

    private static Permission headerRule(HeaderMatcher header) {
        return Permission.newBuilder().setHeader(header).build();
    }

    /**
     * A condition on a header.
     *
     * @param everyValue whether every value has to fulfil it, rather than any; where a client knows the action it sees to that itself
     */
    private Principal headerId(String name, String value, boolean everyValue) {
        return Principal.newBuilder()
                .setHeader(
                        grpc() ? GrpcMatchers.header(name, value, everyValue) : RbacValues.header(name, value, false))
                .build();
    }

    private boolean grpc() {
        return personality == Personality.GRPC_SAFE;
    }

    private static Permission portRule(String value) {
        return Permission.newBuilder()
                .setDestinationPort(Integer.parseInt(value))
                .build();
    }
}
