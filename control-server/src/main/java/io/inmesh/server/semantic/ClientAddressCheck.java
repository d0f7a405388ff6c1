package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.Forwarders;
import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.translate.AuthorizationKeys;
import java.util.ArrayList;
import java.util.List;

/** The address of clients: whom to believe about it, and policies that ask for it where nobody is believed. */
final class ClientAddressCheck {

    private ClientAddressCheck() {}

    /** {@code forwarders} of an InboundTrafficPolicy. */
    static void forwarders(Report report, Field forwarders) {
        Field hops = forwarders.get("hops");
        Field blocks = forwarders.get("ipBlocks");
        report.range(hops, 1, Forwarders.MOST_HOPS);
        if (hops.present() && blocks.present()) {
            report.add(Check.EXCLUSIVE, forwarders, "hops and ipBlocks are two ways to say who is believed");
        } else if (forwarders.present() && hops.absent() && blocks.items().isEmpty()) {
            report.add(Check.REQUIRED, forwarders, "needs hops or ipBlocks");
        }
        blocks.items().forEach(block -> block(report, block));
    }

    private static void block(Report report, Field block) {
        if (!IpAddresses.validBlock(block.text())) {
            report.add(Check.BAD_VALUE, block, "\"" + block.text() + "\" is no IP address or block such as 10.0.0.0/8");
        } else if (block.text().endsWith("/0")) {
            report.add(
                    Check.BAD_VALUE,
                    block,
                    "\"" + block.text() + "\" is everybody: each client could name any address as its own");
        }
    }

    /** Conditions of an AuthorizationPolicy that ask for the address. */
    static void conditions(Report report, Field spec, Mesh mesh) {
        List<Field> asking = asking(spec);
        if (asking.isEmpty()) {
            return;
        }
        boolean believed = mesh.rules()
                .inboundTrafficPolicies()
                .mayForward(report.resource().key().namespace(), LabelSelector.ofMatchLabels(spec.get("selector")));
        if (!believed) {
            asking.forEach(
                    field -> report.add(
                            Check.NO_FORWARDERS,
                            field,
                            "the workloads it selects believe nobody about the address of a client: it is that of the connection's peer, behind a proxy the proxy's"));
        }
    }

    private static List<Field> asking(Field spec) {
        List<Field> asking = new ArrayList<>();
        for (Field rule : spec.get("rules").items()) {
            for (Field from : rule.get("from").items()) {
                for (String name : AuthorizationKeys.CLIENT_ADDRESS_FIELDS) {
                    asking.add(from.get("source").get(name));
                }
            }
            for (Field when : rule.get("when").items()) {
                if (when.get("key").text().equals(AuthorizationKeys.CLIENT_ADDRESS)) {
                    asking.add(when.get("key"));
                }
            }
        }
        asking.removeIf(Field::absent);
        return asking;
    }
}
