package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.util.List;
import java.util.Set;

/** {@code trafficPolicy}, at any level of a DestinationRule. */
final class TrafficPolicyCheck {
    private static final Set<String> TLS_MODES = Set.of("DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL");
    private static final List<String> FILE_FIELDS =
            List.of("clientCertificate", "privateKey", "caCertificates", "credentialName", "subjectAltNames", "sni");

    private TrafficPolicyCheck() {}

    static void check(Report report, Field policy) {
        blocks(report, policy);
        budget(report, policy.get("retryBudget"));
        for (Field portLevel : policy.get("portLevelSettings").items()) {
            Field number = portLevel.get("port").get("number");
            if (number.absent()) {
                report.add(Check.REQUIRED, number, "is required");
            }
            report.port(number);
            blocks(report, portLevel);
        }
    }

    private static void blocks(Report report, Field policy) {
        loadBalancer(report, policy.get("loadBalancer"));
        connectionPool(report, policy.get("connectionPool"));
        outlierDetection(report, policy.get("outlierDetection"));
        LocalityCheck.check(report, policy);
        tls(report, policy.get("tls"));
    }

    private static void loadBalancer(Report report, Field loadBalancer) {
        report.exclusive(loadBalancer, "simple", "consistentHash");
        String simple = loadBalancer.get("simple").text();
        if (simple.equals("PASSTHROUGH")) {
            report.add(
                    Check.NO_EFFECT,
                    loadBalancer.get("simple"),
                    "PASSTHROUGH has no meaning without a proxy; LEAST_REQUEST is used");
        }
        warmup(report, loadBalancer);
        Field hash = loadBalancer.get("consistentHash");
        if (hash.absent()) {
            return;
        }
        HashCheck.key(report, hash);
        report.exclusive(hash, "ringHash", "maglev");
        HashCheck.tables(report, hash);
    }

    private static void warmup(Report report, Field loadBalancer) {
        Field warmup = loadBalancer.get("warmup");
        boolean weighs = !loadBalancer.get("consistentHash").present()
                && !loadBalancer.get("simple").text().equals("RANDOM");
        for (String name : List.of("warmup", "warmupDurationSecs")) {
            if (!weighs && loadBalancer.get(name).present()) {
                report.add(
                        Check.NO_EFFECT,
                        loadBalancer.get(name),
                        "has no effect: only ROUND_ROBIN and LEAST_REQUEST warm up");
            }
        }
        report.duration(loadBalancer.get("warmupDurationSecs"), false);
        if (warmup.absent()) {
            return;
        }
        report.required(warmup.get("duration"));
        report.duration(warmup.get("duration"), false);
        report.range(warmup.get("minimumPercent"), 0, 100);
        report.range(warmup.get("aggression"), 1, Double.MAX_VALUE);
    }

    private static void connectionPool(Report report, Field pool) {
        Field tcp = pool.get("tcp");
        report.notNegative(tcp.get("maxConnections"));
        report.duration(tcp.get("connectTimeout"), false);
        report.duration(tcp.get("maxConnectionDuration"), false);
        report.duration(tcp.get("idleTimeout"), true);
        Field http = pool.get("http");
        for (String limit : List.of(
                "http1MaxPendingRequests",
                "http2MaxRequests",
                "maxRequestsPerConnection",
                "maxRetries",
                "maxConcurrentStreams")) {
            report.notNegative(http.get(limit));
        }
        report.duration(http.get("idleTimeout"), true);
        if (http.get("http1MaxPendingRequests").integer(0) > 0
                && tcp.get("maxConnections").integer(0) == 0) {
            report.add(
                    Check.NO_EFFECT,
                    http.get("http1MaxPendingRequests"),
                    "has no effect in Inmesh's own clients without tcp.maxConnections: calls wait for nothing but a connection");
        }
    }

    private static void outlierDetection(Report report, Field outlier) {
        for (String number :
                List.of("consecutive5xxErrors", "consecutiveGatewayErrors", "consecutiveLocalOriginFailures")) {
            report.notNegative(outlier.get(number));
        }
        report.duration(outlier.get("interval"), false);
        report.duration(outlier.get("baseEjectionTime"), false);
        report.range(outlier.get("maxEjectionPercent"), 0, 100);
        report.range(outlier.get("minHealthPercent"), 0, 100);
        for (Field code : outlier.get("outlierDetectionHttpErrorCodes").items()) {
            report.range(code, 100, 599);
        }
        int any = outlier.get("consecutive5xxErrors").integer(5);
        int gateway = outlier.get("consecutiveGatewayErrors").integer(0);
        if (any > 0 && gateway >= any) {
            report.add(
                    Check.NO_EFFECT,
                    outlier.get("consecutiveGatewayErrors"),
                    "has no effect: consecutive5xxErrors counts the same errors and ejects at " + any);
        }
    }

    private static void tls(Report report, Field tls) {
        if (tls.absent()) {
            return;
        }
        String mode = tls.get("mode").text("DISABLE");
        if (!TLS_MODES.contains(mode)) {
            report.add(
                    Check.BAD_VALUE,
                    tls.get("mode"),
                    "\"" + mode + "\" is none of " + TLS_MODES.stream().sorted().toList());
        }
        boolean originates = mode.equals("SIMPLE") || mode.equals("MUTUAL");
        if (originates && tls.get("credentialName").present()) {
            report.add(
                    Check.NO_EFFECT,
                    tls.get("credentialName"),
                    tls.get("caCertificates").present()
                            ? "secrets are not handed to clients: the files are used"
                            : "secrets are not handed to clients, so calls fail; put the certificates in files, and name them");
        }
        if (tls.get("insecureSkipVerify").flag(false)) {
            report.add(
                    Check.INSECURE,
                    tls.get("insecureSkipVerify"),
                    "would accept any server: whoever is in between could read and alter every call");
        }
        if (mode.equals("ISTIO_MUTUAL")) {
            FILE_FIELDS.stream()
                    .map(tls::get)
                    .filter(Field::present)
                    .filter(field -> !field.path().endsWith(".sni"))
                    .forEach(field -> report.add(Check.EXCLUSIVE, field, "cannot be set together with ISTIO_MUTUAL"));
        }
        if (mode.equals("MUTUAL") && tls.get("credentialName").absent()) {
            report.required(tls.get("clientCertificate"));
            report.required(tls.get("privateKey"));
        }
    }

    private static void budget(Report report, Field budget) {
        Field percent = budget.get("percent");
        report.range(percent.get("value").present() ? percent.get("value") : percent, 0, 100);
        report.notNegative(budget.get("minRetryConcurrency"));
        report.duration(budget.get("budgetInterval"), true);
    }
}
