package io.inmesh.server.semantic;

import io.inmesh.server.gateway.RouteKind;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.MtlsMode;
import io.inmesh.server.service.Workload;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.validate.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the rules ask of a stock gRPC client or server that it cannot do. For a status page: the rules themselves are in order. */
public final class GrpcLimits {
    private static final Map<String, String> GATEWAY_ROUTES = Map.of(
            "filters.requestHeaderModifier", "headers stay as they are",
            "filters.responseHeaderModifier", "headers stay as they are",
            "filters.requestMirror", "nothing is mirrored",
            "filters.requestRedirect", "gRPC knows no redirects: such calls fail",
            "filters.urlRewrite", "calls keep their path and host",
            "matches.queryParams", "gRPC has no query: the match is left out",
            "timeouts.backendRequest", "only the timeout of the whole call holds",
            "retry.codes", "gRPC has no HTTP status: it retries by gRPC status alone");

    /** Endings of paths, list positions left out, with what happens instead. */
    private static final Map<String, Map<String, String>> BY_KIND = Map.of(
            "VirtualService",
                    Map.of(
                            "match.queryParams", "gRPC has no query: the match is left out",
                            "http.redirect", "gRPC knows no redirects: such calls fail",
                            "http.directResponse", "gRPC clients cannot answer themselves: such calls fail",
                            "http.rewrite", "calls keep their path and host",
                            "http.headers", "headers stay as they are",
                            "route.headers", "headers stay as they are",
                            "http.mirror", "nothing is mirrored",
                            "http.mirrors", "nothing is mirrored",
                            "retries.perTryTimeout", "only the timeout of the whole call holds"),
            "DestinationRule",
                    Map.ofEntries(
                            Map.entry("loadBalancer.warmup", "new endpoints get their full share at once"),
                            Map.entry("loadBalancer.warmupDurationSecs", "new endpoints get their full share at once"),
                            Map.entry(
                                    "trafficPolicy.outlierDetection",
                                    "stock gRPC does not count consecutive errors: nobody is ejected"),
                            Map.entry(
                                    "portLevelSettings.outlierDetection",
                                    "stock gRPC does not count consecutive errors: nobody is ejected"),
                            Map.entry("connectionPool.tcp", "connections are not limited"),
                            Map.entry(
                                    "loadBalancer.zoneAwareLbSetting",
                                    "stock gRPC prefers the own region, but no zone of it"),
                            Map.entry(
                                    "loadBalancer.localityLbSetting.failover",
                                    "stock gRPC fails over when endpoints cannot be reached, not when they answer errors"),
                            Map.entry(
                                    "loadBalancer.localityLbSetting.failoverPriority",
                                    "stock gRPC fails over when endpoints cannot be reached, not when they answer errors"),
                            Map.entry("consistentHash.maglev", "a hash ring is used"),
                            Map.entry("consistentHash.httpCookie", "gRPC has no cookies: calls are spread at random"),
                            Map.entry("trafficPolicy.retryBudget", "retries are not limited together")),
            "BackendTrafficPolicy",
                    Map.of(
                            "spec.healthChecks", "endpoints are not asked, and stand as reported",
                            "spec.circuitBreaker", "there is no breaker: calls are made, whatever share of them fails",
                            "spec.retries.chainAware", "calls for repeated requests are repeated like any other",
                            "loadBalancer.boundedLoad", "endpoints get all calls of their keys",
                            "loadBalancer.subsetting", "every client uses all endpoints",
                            "loadBalancer.maglev", "a hash ring is used",
                            "hashOn.httpCookie", "gRPC has no cookies: calls are spread at random",
                            "spec.hedging", "no call is sent twice",
                            "spec.throttling", "no call is held back for the servers' sake"));

    private static final int MOST_RETRIES = 4;

    private GrpcLimits() {}

    /** What is not, or not fully, enforced for this client; empty for clients that are no stock gRPC. */
    public static List<Problem> of(MeshState state, ClientContext client) {
        List<Problem> problems = new ArrayList<>();
        if (client.personality() != Personality.GRPC_SAFE) {
            return problems;
        }
        for (String kind : List.of("VirtualService", "DestinationRule", "BackendTrafficPolicy")) {
            for (Resource resource : state.config().byKind(kind)) {
                Report report = new Report(resource);
                walk(Field.spec(resource), BY_KIND.getOrDefault(kind, Map.of()), report);
                problems.addAll(report.problems());
            }
        }
        for (Resource entry : state.config().byKind("ServiceEntry")) {
            problems.addAll(names(entry));
        }
        for (RouteKind kind : RouteKind.values()) {
            for (Resource route : state.config().byKind(kind.kind())) {
                Report report = new Report(route);
                walk(Field.spec(route), GATEWAY_ROUTES, report);
                problems.addAll(report.problems());
            }
        }
        problems.addAll(GrpcAuthorizationLimits.of(state.rules(), client));
        for (Resource resource :
                state.rules().requestAuthentications().selecting(client.namespace(), client.labels())) {
            Report report = new Report(resource);
            report.add(
                    Check.UNENFORCEABLE_BY_GRPC,
                    Field.spec(resource).get("jwtRules"),
                    "UNENFORCED for stock gRPC: its servers verify no tokens, so every request counts as one without");
            problems.addAll(report.problems());
        }
        for (Resource authentication : state.config().byKind("PeerAuthentication")) {
            problems.addAll(permissive(state, authentication, client));
        }
        state.rules()
                .inboundTrafficPolicies()
                .lookup(client.namespace(), client.labels())
                .ifPresent(policy -> problems.addAll(inboundTraffic(policy)));
        for (Resource resource : state.rules().telemetries().selecting(client.namespace(), client.labels())) {
            Report report = new Report(resource);
            for (String part : List.of("tracing", "metrics", "accessLogging")) {
                Field field = Field.spec(resource).get(part);
                if (field.present()) {
                    report.add(
                            Check.UNENFORCEABLE_BY_GRPC,
                            field,
                            "UNENFORCED for stock gRPC: its telemetry is set up in the process alone");
                }
            }
            problems.addAll(report.problems());
        }
        return List.copyOf(problems);
    }

    private static List<Problem> inboundTraffic(Resource policy) {
        Report report = new Report(policy);
        for (String part : List.of("rateLimits", "concurrency", "minRemaining")) {
            Field field = Field.spec(policy).get(part);
            if (field.present()) {
                report.add(
                        Check.UNENFORCEABLE_BY_GRPC,
                        field,
                        "UNENFORCED for stock gRPC: its servers know no such filter, so they are not sent one");
            }
        }
        return report.problems();
    }

    private static void walk(Field field, Map<String, String> fields, Report report) {
        String plain = field.path().replaceAll("\\[\\d+]", "");
        fields.forEach((ending, instead) -> {
            // A list is reported once, as a whole.
            if (plain.endsWith("." + ending) && !field.path().endsWith("]")) {
                report.add(Check.UNENFORCEABLE_BY_GRPC, field, "UNENFORCED for stock gRPC: " + instead);
            }
        });
        if ((plain.endsWith(".retries.attempts") || plain.endsWith(".retry.attempts"))
                && field.integer(0) > MOST_RETRIES) {
            report.add(
                    Check.UNENFORCEABLE_BY_GRPC,
                    field,
                    "UNENFORCED for stock gRPC: it retries " + MOST_RETRIES + " times at most");
        }
        if (plain.endsWith(".tls.mode") && List.of("SIMPLE", "MUTUAL").contains(field.text())) {
            report.add(
                    Check.UNENFORCEABLE_BY_GRPC,
                    field,
                    "UNENFORCED for stock gRPC: it cannot use files named here, so it gets no such cluster and calls fail");
        }
        if (plain.endsWith(".loadBalancer.simple") && field.text().equals("RANDOM")) {
            report.add(Check.UNENFORCEABLE_BY_GRPC, field, "UNENFORCED for stock gRPC: round robin is used");
        }
        if (plain.equals("spec.loadBalancer.algorithm")
                && List.of("PEAK_EWMA", "PROBING").contains(field.text())) {
            report.add(Check.UNENFORCEABLE_BY_GRPC, field, "UNENFORCED for stock gRPC: round robin is used");
        }
        field.items().forEach(item -> walk(item, fields, report));
        field.members().values().forEach(member -> walk(member, fields, report));
    }

    private static List<Problem> names(Resource serviceEntry) {
        Report report = new Report(serviceEntry);
        Field spec = Field.spec(serviceEntry);
        boolean many = spec.get("endpoints").items().size() > 1
                || spec.get("workloadSelector").present();
        if (spec.get("resolution").text().equals("DNS")) {
            report.add(
                    Check.UNENFORCEABLE_BY_GRPC,
                    spec.get("resolution"),
                    "UNENFORCED for stock gRPC: "
                            + (many
                                    ? "it resolves one name per service, so with several endpoints it gets no such cluster and calls fail"
                                    : "all addresses of the name are one endpoint, so calls are not spread over them"));
        }
        return report.problems();
    }

    private static List<Problem> permissive(MeshState state, Resource authentication, ClientContext client) {
        Report report = new Report(authentication);
        MtlsMode mode = state.rules()
                .peerAuthentications()
                .effective(client.namespace(), client.labels())
                .mode();
        Field written = Field.spec(authentication).get("mtls").get("mode");
        if (mode == MtlsMode.PERMISSIVE
                && authentication.key().namespace().equals(client.namespace())
                && written.text().equals("PERMISSIVE")) {
            boolean tls = "istio".equals(client.labels().get(Workload.TLS_MODE_LABEL));
            report.add(
                    Check.UNENFORCEABLE_BY_GRPC,
                    written,
                    "UNENFORCED for stock gRPC: one port cannot take both, so this server takes "
                            + (tls
                                    ? "mutual TLS only"
                                    : "plaintext only; label it " + Workload.TLS_MODE_LABEL + "=istio for TLS"));
        }
        return report.problems();
    }
}
