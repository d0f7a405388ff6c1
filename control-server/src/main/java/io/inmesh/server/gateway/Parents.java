package io.inmesh.server.gateway;

import io.inmesh.server.gateway.Attachment.Refusal;
import io.inmesh.server.gateway.Attachment.Target;
import io.inmesh.server.rule.Field;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServicePort;
import java.util.ArrayList;
import java.util.List;

/** Resolves {@code parentRefs}. A Service or (as in Istio) a ServiceEntry can be a parent; a Gateway is somebody else's. */
final class Parents {
    static final String GATEWAY_GROUP = "gateway.networking.k8s.io";
    private static final String ISTIO_GROUP = "networking.istio.io";

    private Parents() {}

    static Attachment resolve(Field ref, String routeNamespace, ServiceDirectory services) {
        String group = ref.get("group").text(GATEWAY_GROUP);
        String kind = ref.get("kind").text("Gateway");
        String namespace = ref.get("namespace").text(routeNamespace);
        String name = ref.get("name").text();
        boolean service = group.isEmpty() && kind.equals("Service");
        boolean entry = group.equals(ISTIO_GROUP) && kind.equals("ServiceEntry");
        if (!service && !entry) {
            String who = kind + (group.isEmpty() ? "" : "." + group);
            return Attachment.refused(
                    ref,
                    Refusal.UNSUPPORTED,
                    group.equals(GATEWAY_GROUP) && kind.equals("Gateway")
                            ? "Gateway " + namespace + "/" + name
                                    + " is about ingress, which Inmesh does not do: the route is not enforced there"
                            : who + " cannot be a parent here, only a Service or a ServiceEntry");
        }
        List<MeshService> found = services.definedBy(group, kind, namespace, name);
        if (found.isEmpty()) {
            return Attachment.refused(
                    ref,
                    Refusal.NO_MATCHING_PARENT,
                    "there is no " + kind + " " + namespace + "/" + name + " with a host of its own");
        }
        List<Target> targets = new ArrayList<>();
        for (MeshService parent : found) {
            for (ServicePort port : parent.ports()) {
                if (meant(ref, port) && port.protocol().routable()) {
                    targets.add(new Target(parent, port));
                }
            }
        }
        return targets.isEmpty()
                ? Attachment.refused(ref, Refusal.NO_MATCHING_PARENT, noPort(ref, found.get(0)))
                : Attachment.to(ref, targets);
    }

    private static boolean meant(Field ref, ServicePort port) {
        boolean number = ref.get("port").absent() || ref.get("port").integer(0) == port.number();
        boolean name = ref.get("sectionName").text().isEmpty()
                || ref.get("sectionName").text().equals(port.name());
        return number && name;
    }

    private static String noPort(Field ref, MeshService service) {
        String number = ref.get("port").absent() ? "" : " " + ref.get("port").text();
        String section = ref.get("sectionName").text();
        return service.fqdn() + " has no HTTP or gRPC port" + number
                + (section.isEmpty() ? "" : " called \"" + section + "\"") + "; its ports are "
                + service.ports().stream()
                        .map(p -> p.number() + (p.name().isEmpty() ? "" : " (" + p.name() + ")"))
                        .toList();
    }
}
