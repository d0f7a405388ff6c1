package io.inmesh.server.extension;

import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.settings.Section;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * List {@code extensionProviders} of the settings file, with the names of Istio's MeshConfig. Only {@code envoyExtAuthzGrpc} is known: what
 * cannot be asked is refused here, so that no policy can refer to it.
 */
public final class ExtensionProviders {
    private static final String GRPC = "envoyExtAuthzGrpc";
    private static final String HTTP = "envoyExtAuthzHttp";
    private static final String BODY = "includeRequestBodyInCheck";
    private static final String CLEAR_ROUTES = "clearRouteCache";

    /** Istio's, which it calls a placeholder: much longer than a caller waits. */
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(600);

    private static final int FORBIDDEN = 403;
    private static final int MAX_PORT = 65535;

    private ExtensionProviders() {}

    /** {@return the providers by name; none without the list} */
    public static Map<String, ExtensionProvider> read(Section settings) {
        Map<String, ExtensionProvider> providers = new LinkedHashMap<>();
        for (Section section : settings.sections("extensionProviders")) {
            ExtensionProvider provider = provider(section);
            if (providers.put(provider.name(), provider) != null) {
                throw section.fault("name", "is \"" + provider.name() + "\" a second time; give each its own");
            }
        }
        return Map.copyOf(providers);
    }

    private static ExtensionProvider provider(Section section) {
        String name = section.text("name");
        if (section.has(HTTP)) {
            throw section.fault(HTTP, "is not supported yet; use an authorizer that speaks gRPC, and " + GRPC);
        }
        if (!section.has(GRPC)) {
            throw section.fault(GRPC, "is missing; it is the only kind of provider that is supported");
        }
        Section grpc = section.section(GRPC);
        if (grpc.has(BODY)) {
            throw grpc.fault(
                    BODY, "is not supported: bodies are not held back to be sent to an authorizer; leave it out");
        }
        if (grpc.flag(CLEAR_ROUTES, false)) {
            throw grpc.fault(CLEAR_ROUTES, "has no meaning where requests come in; leave it out");
        }
        grpc.text("port");
        return new ExtensionProvider(
                name,
                host(grpc),
                grpc.number("port", 0, 1, MAX_PORT),
                grpc.duration("timeout", USUAL_TIMEOUT),
                grpc.flag("failOpen", false),
                status(grpc));
    }

    /** A full name, with Istio's {@code namespace/} before it or not; a cluster is found by the name alone. */
    private static String host(Section grpc) {
        String service = grpc.text("service");
        String host = service.substring(service.indexOf('/') + 1);
        if (!host.matches("[a-z0-9-]+(\\.[a-z0-9-]+)+")) {
            throw grpc.fault(
                    "service",
                    "is \"" + service + "\" but has to be a full name such as opa.default.svc.cluster.local");
        }
        return host;
    }

    /** A text in Istio, since it is a name of Envoy's list of statuses. */
    private static int status(Section grpc) {
        String status = grpc.text("statusOnError", String.valueOf(FORBIDDEN));
        if (!status.matches("[2-5][0-9][0-9]")) {
            throw grpc.fault("statusOnError", "is \"" + status + "\" but has to be a status from 200 to 599");
        }
        return Integer.parseInt(status);
    }
}
