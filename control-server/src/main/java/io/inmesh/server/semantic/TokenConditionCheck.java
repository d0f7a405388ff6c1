package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.translate.AuthorizationKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Conditions about tokens where no tokens are verified: an ALLOW rule with one allows nothing then, and a DENY rule without one denies everything. */
final class TokenConditionCheck {

    private TokenConditionCheck() {}

    static void check(Report report, Field spec, Mesh mesh) {
        List<Field> asking = asking(spec);
        if (asking.isEmpty()) {
            return;
        }
        Map<String, String> labels = spec.get("selector").get("matchLabels").textMap();
        String namespace = report.resource().key().namespace();
        if (!mesh.rules().requestAuthentications().mayConcern(namespace, labels)) {
            asking.forEach(field -> report.add(
                    Check.NO_TOKENS,
                    field,
                    "no RequestAuthentication verifies tokens of the workloads it selects, so no request has one"));
        }
    }

    private static List<Field> asking(Field spec) {
        List<Field> asking = new ArrayList<>();
        for (Field rule : spec.get("rules").items()) {
            for (Field from : rule.get("from").items()) {
                for (String name : List.of("requestPrincipals", "notRequestPrincipals")) {
                    asking.add(from.get("source").get(name));
                }
            }
            for (Field when : rule.get("when").items()) {
                if (AuthorizationKeys.aboutTokens(when.get("key").text())) {
                    asking.add(when.get("key"));
                }
            }
        }
        asking.removeIf(Field::absent);
        return asking;
    }
}
