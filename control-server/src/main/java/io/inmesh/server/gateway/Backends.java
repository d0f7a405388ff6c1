package io.inmesh.server.gateway;

import io.inmesh.server.gateway.Backend.Unresolved;
import io.inmesh.server.rule.Field;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServicePort;
import java.util.List;
import java.util.Optional;

/**
 * Resolves {@code backendRefs}: a core Service, or as in Istio a {@code Hostname} of group {@code networking.istio.io}.
 *
 * <p>A route of a service may lead into any namespace without a ReferenceGrant, because it opens nothing that its callers could not call
 * directly (GEP-1294, "Namespace boundaries"). Where {@code exportTo} hides a service from the route's namespace, it may not.
 */
final class Backends {
    private static final String ISTIO_GROUP = "networking.istio.io";

    private Backends() {}

    static Backend resolve(Field ref, String routeNamespace, ServiceDirectory services) {
        String group = ref.get("group").text("");
        String kind = ref.get("kind").text("Service");
        String name = ref.get("name").text();
        String namespace = ref.get("namespace").text(routeNamespace);
        int port = ref.get("port").integer(0);
        long weight = ref.get("weight").integer(1);
        Optional<MeshService> found;
        if (group.isEmpty() && kind.equals("Service")) {
            List<MeshService> defined = services.definedBy("", "Service", namespace, name);
            found = defined.stream().findFirst();
        } else if (group.equals(ISTIO_GROUP) && kind.equals("Hostname")) {
            found = services.named(name, routeNamespace);
        } else {
            String what = kind + (group.isEmpty() ? "" : "." + group);
            return unresolved(ref, name, port, weight, Unresolved.INVALID_KIND, what + " cannot be a backend here");
        }
        String asked = kind + " " + (kind.equals("Service") ? namespace + "/" : "") + name;
        if (found.isEmpty()) {
            return unresolved(ref, name, port, weight, Unresolved.NOT_FOUND, asked + " does not exist");
        }
        MeshService service = found.get();
        if (!service.scope().visibleFrom(routeNamespace)) {
            return unresolved(
                    ref,
                    name,
                    port,
                    weight,
                    Unresolved.NOT_PERMITTED,
                    asked + " is not exported to namespace " + routeNamespace);
        }
        Optional<ServicePort> chosen = service.port(port);
        if (chosen.isEmpty()) {
            return unresolved(
                    ref,
                    name,
                    port,
                    weight,
                    Unresolved.NOT_FOUND,
                    asked + " has no port " + port + ", only "
                            + service.ports().stream().map(ServicePort::number).toList());
        }
        if (!chosen.get().protocol().routable()) {
            return unresolved(
                    ref,
                    name,
                    port,
                    weight,
                    Unresolved.UNSUPPORTED_PROTOCOL,
                    "port " + port + " of " + asked + " carries " + chosen.get().protocol()
                            + ", neither HTTP nor gRPC");
        }
        return new Backend(ref, service.fqdn(), port, weight, Optional.empty());
    }

    private static Backend unresolved(Field ref, String name, int port, long weight, String reason, String message) {
        return new Backend(ref, name, port, weight, Optional.of(new Unresolved(reason, message)));
    }
}
