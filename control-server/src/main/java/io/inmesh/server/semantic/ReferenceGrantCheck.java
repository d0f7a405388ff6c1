package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.util.List;

/** ReferenceGrants. */
final class ReferenceGrantCheck {
    private ReferenceGrantCheck() {}

    static void check(Report report) {
        Field spec = Field.spec(report.resource());
        for (String side : List.of("from", "to")) {
            Field list = spec.get(side);
            if (list.items().isEmpty()) {
                report.add(Check.REQUIRED, list, "needs at least one entry");
            }
            GatewayFields.most(report, list, GatewayFields.MOST_ENTRIES);
            list.items().forEach(entry -> GatewayFields.reference(report, entry));
        }
    }
}
