package io.inmesh.source;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.InboundTrafficConfig;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code inbound}. */
final class InboundReader {

    private static final int MAX_PORT = 65535;
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

    private InboundReader() {}

    static InboundConfig read(Section inbound) {
        return new InboundConfig(
                        inbound.get("mtls", value -> value.word(Mtls.class), Mtls.PERMISSIVE),
                        MeshConfigYaml.all(inbound.list("authorization"), InboundReader::authorization),
                        inbound.section("traffic", InboundTrafficReader::read, InboundTrafficConfig.NONE),
                        inbound.value().place())
                .withExternal(inbound.findSection("external", ExternalReader::read))
                .withJwtRules(MeshConfigYaml.all(inbound.list("jwtRules"), JwtRuleReader::read))
                .withForwarders(inbound.section("forwarders", InboundReader::forwarders, ForwardersConfig.NONE))
                .withMtlsByPort(inbound.section("mtlsByPort", InboundReader::byPort, Map.of()));
    }

    private static ForwardersConfig forwarders(Section forwarders) {
        return new ForwardersConfig(forwarders.integer("hops", 0), ConditionReader.ranges(forwarders.list("ranges")));
    }

    private static Map<Integer, Mtls> byPort(Section ports) {
        Map<Integer, Mtls> byPort = new TreeMap<>();
        for (String port : ports.keys()) {
            Mtls mode = ports.find(port, value -> value.word(Mtls.class));
            if (!PORT.matcher(port).matches() || Integer.parseInt(port) > MAX_PORT) {
                ports.value().report("has the key " + port, "write a port from 1 to " + MAX_PORT);
            } else if (mode != null) {
                byPort.put(Integer.parseInt(port), mode);
            }
        }
        return byPort;
    }

    private static @Nullable AuthorizationConfig authorization(Section section) {
        section.required("action");
        Action action = section.find("action", value -> value.word(Action.class));
        var policies = MeshConfigYaml.all(section.list("policies"), InboundReader::policy);
        boolean shadow = section.flag("shadow", false);
        if (shadow && action == Action.AUDIT) {
            section.value().report("is an AUDIT set on trial, which would do nothing", "leave out shadow");
        }
        return action == null ? null : new AuthorizationConfig(action, shadow, policies);
    }

    static @Nullable Policy policy(Section section) {
        String name = section.required("name");
        Value when = section.get("when");
        if (when == null) {
            section.value().report("has no when", "add a condition, or \"when: {always: true}\"");
            return null;
        }
        Condition condition = ConditionReader.read(when);
        return condition == null ? null : new Policy(name, condition);
    }
}
