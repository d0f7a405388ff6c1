package io.inmesh.server.service;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ExportScope;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.rule.RuleSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads core {@code Service} resources. Headless ones are like any other here, since clients always choose the endpoint themselves. */
public final class CoreServices {
    private static final String EXPORT_TO = "networking.istio.io/exportTo";

    private CoreServices() {}

    /** The {@code spec} of a core Service. */
    public static Field spec(Resource resource) {
        return Field.of(resource.raw().path("spec"), "spec");
    }

    /** The service; empty for an {@code ExternalName}, which has no endpoints of its own (the validator reports it). */
    static Optional<MeshService> read(Resource resource, RuleSettings settings) {
        Field spec = spec(resource);
        if (spec.get("type").text().equals("ExternalName")) {
            return Optional.empty();
        }
        String name = resource.key().name();
        String namespace = resource.key().namespace();
        List<ServicePort> ports =
                spec.get("ports").items().stream().map(CoreServices::port).toList();
        return Optional.of(new MeshService(
                name + "." + namespace + ".svc." + settings.clusterDomain(),
                name,
                namespace,
                true,
                false,
                ports,
                Resolution.STATIC,
                List.of(),
                scope(resource),
                List.of(),
                resource.key()));
    }

    static LabelSelector selector(Resource resource) {
        return new LabelSelector(spec(resource).get("selector").textMap());
    }

    /** Reads one of its ports, with the protocol chosen. */
    public static ServicePort port(Field port) {
        String name = port.get("name").text();
        Protocol protocol = Protocol.choose(
                port.get("appProtocol").text(), name, port.get("protocol").text("TCP"));
        return new ServicePort(
                port.get("port").integer(0),
                name,
                protocol,
                port.get("targetPort").text());
    }

    private static ExportScope scope(Resource resource) {
        String exportTo = resource.annotations().getOrDefault(EXPORT_TO, "");
        Set<String> names = Arrays.stream(exportTo.split(","))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        return new ExportScope(resource.key().namespace(), names);
    }
}
