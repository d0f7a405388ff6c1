package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.AuthorizationPolicies;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.Rules;
import io.inmesh.server.translate.AuthorizationKeys;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.validate.Problem;
import java.util.ArrayList;
import java.util.List;

/** What authorization policies ask of a stock gRPC server that it cannot do. It is then stricter than they say, never laxer. */
final class GrpcAuthorizationLimits {
    private static final String UNENFORCED = "UNENFORCED for stock gRPC: ";

    private GrpcAuthorizationLimits() {}

    static List<Problem> of(Rules rules, ClientContext client) {
        AuthorizationPolicies policies = rules.authorizationPolicies();
        boolean clientsKnown = !rules.inboundTrafficPolicies()
                .forwarders(client.namespace(), client.labels())
                .any();
        List<Problem> problems = new ArrayList<>();
        for (String action : List.of("CUSTOM", "AUDIT", "DENY", "ALLOW")) {
            for (Resource policy : policies.guarding(client.namespace(), client.labels(), action)) {
                Report report = new Report(policy);
                enforced(report, action, clientsKnown);
                problems.addAll(report.problems());
            }
            for (Resource policy : policies.onTrial(client.namespace(), client.labels(), action)) {
                Report report = new Report(policy);
                report.add(
                        Check.UNENFORCEABLE_BY_GRPC,
                        "metadata.annotations[" + AuthorizationPolicies.DRY_RUN + "]",
                        UNENFORCED + "it tries nothing out, so nothing is reported of the policy");
                problems.addAll(report.problems());
            }
        }
        return problems;
    }

    private static void enforced(Report report, String action, boolean clientsKnown) {
        Field spec = Field.spec(report.resource());
        if (action.equals("AUDIT")) {
            report.add(Check.UNENFORCEABLE_BY_GRPC, spec.get("action"), UNENFORCED + "it marks no requests");
            return;
        }
        if (action.equals("CUSTOM")) {
            report.add(
                    Check.UNENFORCEABLE_BY_GRPC,
                    spec.get("action"),
                    UNENFORCED + "it cannot ask an authorizer, so everything the policy guards is denied");
        }
        for (Field rule : spec.get("rules").items()) {
            for (Field from : rule.get("from").items()) {
                for (String field : AuthorizationKeys.unknownInSource(clientsKnown)) {
                    if (from.get("source").get(field).present()) {
                        strictly(report, from.get("source").get(field), field);
                    }
                }
            }
            for (Field when : rule.get("when").items()) {
                String key = when.get("key").text();
                boolean unknown = key.equals(AuthorizationKeys.CLIENT_ADDRESS) && !clientsKnown;
                if (unknown || !AuthorizationKeys.evaluable(key, Personality.GRPC_SAFE)) {
                    strictly(report, when.get("key"), key);
                }
            }
        }
    }

    private static void strictly(Report report, Field field, String what) {
        report.add(
                Check.UNENFORCEABLE_BY_GRPC,
                field,
                UNENFORCED + "it cannot evaluate \"" + what + "\", so the rule is taken in its strictest sense");
    }
}
