package io.inmesh.bench.analyze;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The configuration of a mesh as its owners keep it: a file for each team, and in it services and rules of many kinds about them. Says the same
 * each time it is asked. One service in ten has a route to a subset that nobody defines, so that there is something to find.
 */
final class ManyRules {

    private static final int SERVICES_PER_FILE = 25;

    /** One of them is a Service, which is no rule. */
    private static final List<String> OF_ONE_SERVICE = List.of(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: NAME, namespace: SPACE, labels: {app: NAME}}
            spec:
              selector: {app: NAME}
              ports:
              - {name: http, port: 9080, targetPort: 9080}
              - {name: grpc-admin, port: 9081}
            """,
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: NAME, namespace: SPACE}
            spec:
              hosts: [NAME]
              http:
              - name: testers
                match:
                - headers: {x-tester: {exact: "yes"}}
                - uri: {prefix: /beta}
                route:
                - destination: {host: NAME, subset: v2}
              - name: canary
                timeout: 3s
                retries: {attempts: 2, perTryTimeout: 1s, retryOn: "5xx,reset"}
                route:
                - destination: {host: NAME, subset: v1}
                  weight: 90
                - destination: {host: NAME, subset: CANARY}
                  weight: 10
            """,
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: NAME, namespace: SPACE}
            spec:
              host: NAME
              trafficPolicy:
                loadBalancer: {simple: LEAST_REQUEST}
                connectionPool: {http: {http2MaxRequests: 200}}
                outlierDetection: {consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s}
              subsets:
              - {name: v1, labels: {version: v1}}
              - {name: v2, labels: {version: v2}}
            """,
            """
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: NAME, namespace: SPACE}
            spec:
              host: NAME
              outlierDetection: {failurePercentage: {threshold: 50, minimumHosts: 3, requestVolume: 50}}
            """,
            """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: NAME, namespace: SPACE}
            spec:
              selector: {matchLabels: {app: NAME}}
              mtls: {mode: STRICT}
            """,
            policy("readers", "ALLOW", "[GET, HEAD]", "[/api/*, /health]"),
            policy("writers", "ALLOW", "[POST, PUT]", "[/api/orders/*]"),
            policy("operators", "ALLOW", "[DELETE]", "[/admin/*]"),
            policy("legacy", "ALLOW", "[GET]", "[/v1/*]"),
            policy("nobody", "DENY", "[TRACE]", "[/internal/*]"),
            """
            apiVersion: telemetry.istio.io/v1
            kind: Telemetry
            metadata: {name: NAME, namespace: SPACE}
            spec:
              selector: {matchLabels: {app: NAME}}
              tracing:
              - randomSamplingPercentage: 10
            """);

    private ManyRules() {}

    /** {@return how many rules there are for so many services} */
    static int rules(int services) {
        return services * (OF_ONE_SERVICE.size() - 1);
    }

    /**
     * Writes the files.
     *
     * @param folder an empty one
     * @param services how many services there are
     * @param namespaces whether each file is about a namespace of its own
     */
    static void write(Path folder, int services, boolean namespaces) throws IOException {
        for (int first = 0; first < services; first += SERVICES_PER_FILE) {
            String team = "team-" + first / SERVICES_PER_FILE;
            StringBuilder text = new StringBuilder();
            for (int number = first; number < Math.min(services, first + SERVICES_PER_FILE); number++) {
                for (String document : OF_ONE_SERVICE) {
                    text.append("---\n")
                            .append(document.replace("NAME", "service-" + number)
                                    .replace("SPACE", namespaces ? team : "all")
                                    .replace("CANARY", number % 10 == 0 ? "v3" : "v2"));
                }
            }
            Files.writeString(folder.resolve(team + ".yaml"), text);
        }
    }

    private static String policy(String who, String action, String methods, String paths) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: NAME-%s, namespace: SPACE}
                spec:
                  selector: {matchLabels: {app: NAME}}
                  action: %s
                  rules:
                  - from:
                    - source: {principals: ["inmesh.local/ns/SPACE/sa/%s", "inmesh.local/ns/*"]}
                    to:
                    - operation: {methods: %s, paths: %s}
                    when:
                    - {key: "request.headers[x-region]", values: [eu, us]}
                """.formatted(who, action, who, methods, paths);
    }
}
