package io.inmesh.server.extension;

import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.settings.Section;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * List {@code extensionProviders} of the settings file, with the names of Istio's MeshConfig. What cannot be asked is refused here, so that no
 * policy can refer to it.
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

    /** Source: Istio; the name is part of those of figures. */
    private static final String NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    /** Those of Envoy's {@code type.v3.StatusCode} that end a request; it refuses others together with all that comes with them. */
    private static final String STATUS =
            "20[0-8]|226|30[0-5]|30[78]|40[0-9]|41[0-7]|42[1-4]|42[689]|431|50[0-8]|51[01]";

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
        if (!name.matches(NAME)) {
            throw section.fault(
                    "name", "is \"" + name + "\" but has to be up to 63 lower case letters, digits and inner dashes");
        }
        boolean grpc = section.has(GRPC);
        if (grpc == section.has(HTTP)) {
            throw section.fault(
                    grpc ? HTTP : GRPC,
                    grpc
                            ? "is there besides " + GRPC + "; leave one of them out"
                            : "is missing; give it or " + HTTP + ", the two kinds of providers that are supported");
        }
        Section kind = section.section(grpc ? GRPC : HTTP);
        if (kind.has(BODY)) {
            throw kind.fault(
                    BODY, "is not supported: bodies are not held back to be sent to an authorizer; leave it out");
        }
        if (kind.flag(CLEAR_ROUTES, false)) {
            throw kind.fault(CLEAR_ROUTES, "has no meaning where requests come in; leave it out");
        }
        kind.text("port");
        return new ExtensionProvider(
                name,
                host(kind),
                kind.number("port", 0, 1, MAX_PORT),
                kind.duration("timeout", USUAL_TIMEOUT),
                kind.flag("failOpen", false),
                status(kind),
                grpc ? null : HttpSettings.read(kind));
    }

    /** A full name, with Istio's {@code namespace/} before it or not; a cluster is found by the name alone. */
    private static String host(Section kind) {
        String service = kind.text("service");
        String host = service.substring(service.indexOf('/') + 1);
        if (!host.matches("[a-z0-9-]+(\\.[a-z0-9-]+)+")) {
            throw kind.fault(
                    "service",
                    "is \"" + service + "\" but has to be a full name such as opa.default.svc.cluster.local");
        }
        return host;
    }

    /** A text in Istio, since it is a name of Envoy's list of statuses. */
    private static int status(Section kind) {
        String status = kind.text("statusOnError", String.valueOf(FORBIDDEN));
        if (!status.matches(STATUS)) {
            throw kind.fault(
                    "statusOnError", "is \"" + status + "\" but has to be a registered status of an answer, as 503");
        }
        return Integer.parseInt(status);
    }
}
