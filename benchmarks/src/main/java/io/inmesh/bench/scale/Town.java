package io.inmesh.bench.scale;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A mesh of 1,000 services with 50 endpoints each: namespaces of ten services that only they see, and ten services that everybody sees. So
 * a process sees twenty, and all of them by the means a mesh has for that, {@code exportTo}.
 */
final class Town {

    /** Services, over all namespaces. */
    static final int SERVICES = 1_000;

    /** Endpoints of each. */
    static final int ENDPOINTS = 50;

    /** Services of a namespace. */
    static final int PER_NAMESPACE = 10;

    /** Namespaces; the first is {@link #COMMON}. */
    static final int NAMESPACES = SERVICES / PER_NAMESPACE;

    /** The namespace whose services everybody sees. */
    static final String COMMON = "n0";

    /** The port of every service. */
    static final int PORT = 8080;

    private static final int SERVICES_PER_FILE = 50;

    private Town() {}

    /** {@return the namespace of that number} */
    static String namespace(int number) {
        return "n" + number;
    }

    /** {@return the name of a service in any namespace} */
    static String service(int number) {
        return "service-" + number;
    }

    /** {@return how clients call the endpoints of a service} */
    static String endpoints(String namespace, String service) {
        return "outbound|" + PORT + "||" + service + "." + namespace + ".svc.cluster.local";
    }

    /** Writes settings, services and endpoints; {@return the options of {@code serve} that name them} */
    static String[] write(Path folder) throws IOException {
        Path config = Files.createDirectories(folder.resolve("config"));
        StringBuilder settings = new StringBuilder();
        // All processes are on one machine here, which is what the limit is against.
        settings.append("limits: {connectionsPerAddress: 20000, connections: 20000}\n");
        settings.append("sources:\n  file:\n");
        StringBuilder endpoints = new StringBuilder();
        for (int number = 0; number < SERVICES; number++) {
            if (number % SERVICES_PER_FILE == 0) {
                endpoints = new StringBuilder("services:\n");
            }
            endpoints(endpoints, number);
            if (number % SERVICES_PER_FILE == SERVICES_PER_FILE - 1) {
                String name = "file-" + number / SERVICES_PER_FILE;
                Files.writeString(folder.resolve(name + ".yaml"), endpoints);
                settings.append("  - {name: ")
                        .append(name)
                        .append(", path: ")
                        .append(name)
                        .append(".yaml}\n");
            }
        }
        for (int namespace = 0; namespace < NAMESPACES; namespace++) {
            Files.writeString(config.resolve(namespace(namespace) + ".yaml"), services(namespace));
        }
        Path file = Files.writeString(folder.resolve("settings.yaml"), settings);
        return new String[] {"--config", file.toString(), "--config-dir", config.toString()};
    }

    private static void endpoints(StringBuilder text, int number) {
        text.append("- {name: ").append(service(number % PER_NAMESPACE));
        text.append(", namespace: ").append(namespace(number / PER_NAMESPACE));
        text.append(", ports: [{number: ").append(PORT).append("}], endpoints: [");
        for (int i = 0; i < ENDPOINTS; i++) {
            text.append("{address: 10.")
                    .append(number / 250)
                    .append('.')
                    .append(number % 250)
                    .append('.')
                    .append(i + 1);
            text.append(", labels: {version: v1}, serviceAccount: app, meshTls: true}, ");
        }
        text.append("]}\n");
    }

    private static String services(int namespace) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < PER_NAMESPACE; i++) {
            text.append("---\napiVersion: v1\nkind: Service\nmetadata:\n  name: ")
                    .append(service(i));
            text.append("\n  namespace: ").append(namespace(namespace));
            if (namespace > 0) {
                text.append("\n  annotations: {networking.istio.io/exportTo: .}");
            }
            text.append("\nspec:\n  selector: {app: ").append(service(i));
            text.append("}\n  ports: [{name: http, port: ").append(PORT).append("}]\n");
        }
        return text.toString();
    }

    /** {@return a rule for the first service of each namespace} */
    static String rules() {
        StringBuilder text = new StringBuilder();
        for (int namespace = 0; namespace < NAMESPACES; namespace++) {
            text.append(rule(namespace, 1));
        }
        return text.toString();
    }

    /** {@return the rule for the first service of a namespace} */
    static String rule(int namespace, int timeoutSeconds) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata:
                  name: %1$s
                  namespace: %2$s
                spec:
                  hosts: [%1$s]
                  exportTo: ["%3$s"]
                  http:
                  - timeout: %4$ds
                    route: [{destination: {host: %1$s}}]
                """.formatted(service(0), namespace(namespace), namespace == 0 ? "*" : ".", timeoutSeconds);
    }
}
