package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.LabelSelector;
import java.util.Set;

/** PeerAuthentications. */
final class PeerAuthenticationCheck {
    private static final Set<String> MODES = Set.of("UNSET", "DISABLE", "PERMISSIVE", "STRICT");

    private PeerAuthenticationCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        mode(report, spec.get("mtls").get("mode"));
        boolean selective = !LabelSelector.ofMatchLabels(spec.get("selector")).selectsAll();
        if (selective
                && report.resource().key().namespace().equals(mesh.settings().rootNamespace())) {
            report.add(
                    Check.SELECTOR_IGNORED,
                    spec.get("selector"),
                    "a selector in the root namespace is ignored, so the policy has no effect");
        }
        Field ports = spec.get("portLevelMtls");
        if (ports.present() && !selective) {
            report.add(Check.REQUIRED, ports, "portLevelMtls requires selector");
        }
        if (ports.present() && ports.members().isEmpty()) {
            report.add(Check.REQUIRED, ports, "should have at least 1 properties");
        }
        ports.members().forEach((port, value) -> {
            boolean number = port.matches("\\d{1,5}") && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65535;
            if (!number) {
                report.add(Check.BAD_VALUE, value, "\"" + port + "\": port must be between 1-65535");
            }
            mode(report, value.get("mode"));
        });
    }

    private static void mode(Report report, Field mode) {
        if (mode.present() && !MODES.contains(mode.text())) {
            report.add(
                    Check.BAD_VALUE,
                    mode,
                    "Unsupported value: \"" + mode.text() + "\"; one of DISABLE, PERMISSIVE, STRICT, UNSET");
        }
    }
}
