package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.AuthorizationPolicies;
import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.semantic.References.Selecting;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.translate.AuthorizationKeys;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.RbacPaths;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** AuthorizationPolicies. Whatever could not be enforced is refused if that would leave something open, and reported if not. */
final class AuthorizationPolicyCheck {
    private static final Set<String> ACTIONS = Set.of("ALLOW", "DENY", "AUDIT", "CUSTOM");

    private static final Set<String> TRIABLE = Set.of("ALLOW", "DENY");

    private AuthorizationPolicyCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        String action = spec.get("action").text("ALLOW");
        action(report, spec, action, mesh);
        for (String target : List.of("targetRef", "targetRefs")) {
            if (spec.get(target).present()) {
                report.add(
                        Check.UNENFORCEABLE_ACTION,
                        spec.get(target),
                        target + " is about waypoints and gateways, which there are none of; use selector");
            }
        }
        for (Field rule : spec.get("rules").items()) {
            says(report, rule.get("from"), "source");
            says(report, rule.get("to"), "operation");
            rule.get("from").items().forEach(from -> source(report, from.get("source"), action));
            rule.get("to").items().forEach(to -> operation(report, to.get("operation")));
            rule.get("when").items().forEach(when -> condition(report, when, action));
        }
        TokenConditionCheck.check(report, spec, mesh);
        ClientAddressCheck.conditions(report, spec, mesh);
    }

    private static void action(Report report, Field spec, String action, Mesh mesh) {
        if (!ACTIONS.contains(action)) {
            report.add(Check.BAD_VALUE, spec.get("action"), "\"" + action + "\" is neither ALLOW nor DENY");
        } else if (action.equals("CUSTOM")) {
            provider(report, spec, mesh);
        }
        dryRun(report, action);
    }

    private static void provider(Report report, Field spec, Mesh mesh) {
        Set<String> known = new TreeSet<>(mesh.settings().extensionProviders().keySet());
        String name = spec.get("provider").get("name").text();
        if (known.isEmpty()) {
            report.add(
                    Check.UNENFORCEABLE_ACTION,
                    spec.get("action"),
                    "CUSTOM needs an external authorizer, and the server's settings name none (extensionProviders)");
        } else if (!known.contains(name)) {
            report.add(
                    Check.UNKNOWN_PROVIDER,
                    spec.get("provider").get("name"),
                    "\"" + name + "\" is no extension provider of the server's settings; known are " + known);
        } else {
            service(
                    report,
                    spec,
                    mesh,
                    Objects.requireNonNull(mesh.settings().extensionProviders().get(name)));
        }
        Set<String> namespaces = new LinkedHashSet<>();
        namespaces.add(report.resource().key().namespace());
        namespaces.add(mesh.settings().rootNamespace());
        for (String namespace : namespaces) {
            for (Selecting other : mesh.references().selecting("AuthorizationPolicy", namespace)) {
                otherProvider(report, spec, other.resource(), name);
            }
        }
    }

    private static void otherProvider(Report report, Field spec, Resource other, String name) {
        Field second = Field.spec(other);
        String otherName = second.get("provider").get("name").text();
        if (second.get("action").text().equals("CUSTOM") && !otherName.equals(name)) {
            report.add(
                    Check.SEVERAL_PROVIDERS,
                    spec.get("provider").get("name"),
                    other.key().namespace() + "/" + other.key().name() + " asks \"" + otherName
                            + "\": a workload that both select denies everything");
        }
    }

    /** Services may come later than policies, so one that is not there is no error. */
    private static void service(Report report, Field spec, Mesh mesh, ExtensionProvider provider) {
        Optional<MeshService> service = mesh.service(provider.host());
        String outcome = provider.failOpen() ? "what the policy guards is open" : "what the policy guards is refused";
        if (service.isEmpty()) {
            report.add(
                    Check.UNKNOWN_HOST,
                    spec.get("provider").get("name"),
                    "its service " + provider.host() + " is not known: until it is, " + outcome);
        } else if (service.get().port(provider.port()).isEmpty()) {
            report.add(
                    Check.UNKNOWN_PORT,
                    spec.get("provider").get("name"),
                    "its service " + provider.host() + " has no port " + provider.port() + ": until it has, "
                            + outcome);
        }
    }

    private static void dryRun(Report report, String action) {
        String field = "metadata.annotations[" + AuthorizationPolicies.DRY_RUN + "]";
        String written = report.resource().annotations().getOrDefault(AuthorizationPolicies.DRY_RUN, "false");
        if (!AuthorizationPolicies.TRUE.contains(written) && !AuthorizationPolicies.FALSE.contains(written)) {
            report.add(Check.BAD_VALUE, field, "\"" + written + "\" is neither true nor false");
        } else if (AuthorizationPolicies.onTrial(report.resource()) && !TRIABLE.contains(action)) {
            report.add(
                    Check.NOT_ENFORCED,
                    field,
                    "only ALLOW and DENY can be tried out: as it is the policy does nothing at all");
        }
    }

    /** What is written and empty would match everybody, where its author may well have meant nobody. */
    private static void says(Report report, Field list, String part) {
        if (list.present() && list.items().isEmpty()) {
            report.add(Check.REQUIRED, list, "is empty; leave it out if it does not matter");
        }
        for (Field entry : list.items()) {
            if (entry.get(part).members().isEmpty()) {
                report.add(Check.REQUIRED, entry.get(part), "is empty, and would match everything");
            }
        }
    }

    private static void source(Report report, Field source, String action) {
        boolean accounts = source.get("serviceAccounts").present()
                || source.get("notServiceAccounts").present();
        boolean others = List.of("principals", "notPrincipals", "namespaces", "notNamespaces").stream()
                .anyMatch(field -> source.get(field).present());
        if (accounts && others) {
            report.add(Check.EXCLUSIVE, source, "Cannot set serviceAccounts with namespaces or principals");
        }
        for (String field : List.of("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks")) {
            source.get(field).items().forEach(block -> block(report, block));
        }
        for (String field : List.of("principals", "notPrincipals")) {
            source.get(field).items().forEach(principal -> principal(report, principal));
        }
        for (String field : List.of("requestPrincipals", "notRequestPrincipals")) {
            if (source.get(field).present()) {
                report.add(
                        Check.UNENFORCEABLE_BY_GRPC,
                        source.get(field),
                        "stock gRPC servers verify no tokens: there, " + effect(action));
            }
        }
        source.members().forEach((name, values) -> noEmptyValues(report, values));
    }

    private static void operation(Report report, Field operation) {
        for (String field : List.of("ports", "notPorts")) {
            operation.get(field).items().forEach(port -> port(report, port));
        }
        operation.members().forEach((name, values) -> noEmptyValues(report, values));
        for (String field : List.of("paths", "notPaths")) {
            operation.get(field).items().forEach(path -> template(report, path));
        }
    }

    private static void template(Report report, Field path) {
        RbacPaths.problem(path.text())
                .ifPresent(problem -> report.add(Check.BAD_VALUE, path, "\"" + path.text() + "\": " + problem));
    }

    private static void condition(Report report, Field when, String action) {
        String key = when.get("key").text();
        List<Field> values = new ArrayList<>(when.get("values").items());
        values.addAll(when.get("notValues").items());
        if (!AuthorizationKeys.known(key)) {
            report.add(Check.BAD_VALUE, when.get("key"), "\"" + key + "\" is no known attribute");
        } else if (values.isEmpty()) {
            report.add(Check.REQUIRED, when, "needs values or notValues");
        } else if (!AuthorizationKeys.evaluable(key, Personality.FULL)) {
            unenforceable(report, when.get("key"), action);
        } else if (!AuthorizationKeys.evaluable(key, Personality.GRPC_SAFE)) {
            report.add(
                    Check.UNENFORCEABLE_BY_GRPC,
                    when.get("key"),
                    "stock gRPC servers cannot evaluate \"" + key + "\": there, " + effect(action));
        }
        switch (key) {
            case "source.ip", "remote.ip", "destination.ip" -> values.forEach(value -> block(report, value));
            case "source.principal" -> values.forEach(value -> principal(report, value));
            case "destination.port" -> values.forEach(value -> port(report, value));
            default -> {}
        }
    }

    private static void unenforceable(Report report, Field field, String action) {
        report.add(Check.UNENFORCEABLE_CONDITION, field, "filter state is not known to workloads: " + effect(action));
    }

    private static String effect(String action) {
        return action.equals("DENY")
                ? "the condition is taken as met, so that the rule denies more than it says"
                : "the condition is never met, so that the rule allows nothing";
    }

    /** An identity as the SPIFFE standard writes it, or a part of one. */
    private static void principal(Report report, Field principal) {
        String text = principal.text();
        boolean scheme = text.startsWith("spiffe:");
        boolean whole = !text.startsWith("*") && !text.endsWith("*");
        if (scheme || whole && !text.matches("[a-z0-9._-]+(/[a-zA-Z0-9._-]+)+")) {
            report.add(Check.NEVER_MATCHES, principal, "\"" + text + "\" is the identity of nobody");
        }
    }

    private static void block(Report report, Field block) {
        if (!IpAddresses.validBlock(block.text())) {
            report.add(Check.BAD_VALUE, block, "\"" + block.text() + "\" is no IP address or block such as 10.0.0.0/8");
        }
    }

    private static void port(Report report, Field port) {
        boolean valid = port.text().matches("\\d{1,5}")
                && Integer.parseInt(port.text()) <= 65535
                && Integer.parseInt(port.text()) > 0;
        if (!valid) {
            report.add(Check.BAD_VALUE, port, "\"" + port.text() + "\" is no port between 1 and 65535");
        }
    }

    private static void noEmptyValues(Report report, Field values) {
        if (values.node().isArray() && values.items().isEmpty()) {
            report.add(Check.REQUIRED, values, "is empty; leave it out if it does not matter");
        }
        values.items().stream()
                .filter(value -> value.text().isEmpty())
                .forEach(value -> report.add(Check.BAD_VALUE, value, "is empty"));
    }
}
