package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.translate.AuthorizationKeys;
import java.util.HashMap;
import java.util.Map;

/** Conditions about tokens where no tokens are verified: an ALLOW rule with one allows nothing then, and a DENY rule without one denies everything. */
final class TokenConditionCheck {

    private TokenConditionCheck() {}

    static void check(Report report, Field spec, Mesh mesh) {
        Map<String, String> labels = new HashMap<>();
        spec.get("selector").get("matchLabels").members().forEach((name, value) -> labels.put(name, value.text()));
        String namespace = report.resource().key().namespace();
        if (mesh.rules().requestAuthentications().mayConcern(namespace, labels)) {
            return;
        }
        for (Field rule : spec.get("rules").items()) {
            for (Field from : rule.get("from").items()) {
                for (String name : new String[] {"requestPrincipals", "notRequestPrincipals"}) {
                    warn(report, from.get("source").get(name));
                }
            }
            for (Field when : rule.get("when").items()) {
                if (AuthorizationKeys.aboutTokens(when.get("key").text())) {
                    warn(report, when.get("key"));
                }
            }
        }
    }

    private static void warn(Report report, Field field) {
        if (field.present()) {
            report.add(
                    Check.NO_TOKENS,
                    field,
                    "no RequestAuthentication verifies tokens of the workloads it selects, so no request has one");
        }
    }
}
