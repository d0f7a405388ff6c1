package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.StoreUnavailableException;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which path is whose. */
final class Routes extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    /** An OpenAPI v2 document in protobuf that holds nothing but {@code swagger: "2.0"}: kubectl then leaves validation to us. */
    private static final byte[] EMPTY_OPENAPI = {0x0A, 0x03, '2', '.', '0'};

    private final ResourceApi resources;
    private final SkippedApi skipped;
    private final MeshApi mesh;
    private final PrometheusMeterRegistry meters;
    private final Readiness readiness;

    private final Connections connections;
    private final Entry entry;
    private final AccessApi access;
    private final ConsoleApi console;

    Routes(
            Connections connections,
            Entry entry,
            ResourceApi resources,
            SkippedApi skipped,
            MeshApi mesh,
            AccessApi access,
            ConsoleApi console,
            Readiness readiness,
            PrometheusMeterRegistry meters) {
        this.readiness = readiness;
        this.console = console;
        this.connections = connections;
        this.entry = entry;
        this.access = access;
        this.resources = resources;
        this.skipped = skipped;
        this.mesh = mesh;
        this.meters = meters;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        connections.begin(request);
        Exchange exchange = new Exchange(request, response, callback, phase -> connections.now(request, phase));
        Timer.Sample sample = Timer.start(meters);
        try {
            List<String> path = path(exchange);
            entry.admit(exchange, path);
            route(exchange, path);
        } catch (HttpProblem e) {
            answer(exchange, e);
        } catch (StoreUnavailableException e) {
            LOG.warn("{} {}: {}", exchange.method(), String.join("/", exchange.path()), e.getMessage());
            answer(exchange, HttpProblem.unavailable(String.valueOf(e.getMessage())));
        } catch (Engine.TooLargeException e) {
            answer(exchange, new HttpProblem(413, "RequestEntityTooLarge", String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.fail(e);
        } catch (IOException e) {
            exchange.fail(e);
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", exchange.method(), String.join("/", exchange.path()), e);
            answer(exchange, new HttpProblem(500, "InternalError", "the server failed; its log says why"));
        } finally {
            sample.stop(Timer.builder("http.server.requests")
                    .tag("method", known(exchange.method()))
                    .tag("status", Integer.toString(exchange.status()))
                    .register(meters));
        }
        return true;
    }

    private static String known(String method) {
        return List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
                        .contains(method)
                ? method
                : "other";
    }

    private static void answer(Exchange exchange, HttpProblem problem) {
        if (exchange.begun()) {
            exchange.fail(problem);
            return;
        }
        try {
            exchange.problem(problem);
        } catch (IOException e) {
            exchange.fail(e);
        }
    }

    /** {@return the path that decides who may come in, and where to: one and the same} */
    private static List<String> path(Exchange exchange) {
        List<String> path = new ArrayList<>(exchange.path());
        if (path.get(path.size() - 1).isEmpty()) {
            path.remove(path.size() - 1);
        }
        return path;
    }

    private void route(Exchange exchange, List<String> path) throws IOException, HttpProblem, InterruptedException {
        if (ConsoleApi.knows(path)) {
            console.handle(exchange, path);
            return;
        }
        if (access.handle(exchange, path)) {
            return;
        }
        switch (path.get(0)) {
            case "healthz", "livez" -> exchange.text(200, "text/plain", "ok");
            case "readyz" -> exchange.text(readiness.status(), "text/plain", readiness.text());
            case "version" -> exchange.json(200, version());
            case "metrics" -> exchange.text(200, "text/plain; version=0.0.4; charset=utf-8", meters.scrape());
            case "openapi" -> openapi(exchange, path);
            case "api" -> core(exchange, path);
            case "apis" -> groups(exchange, path);
            case "inmesh" -> {
                if (path.size() < 3 || !path.get(1).equals("v1")) {
                    throw HttpProblem.notFound("/" + String.join("/", path));
                }
                mesh.handle(exchange, path.subList(2, path.size()));
            }
            default -> throw HttpProblem.notFound("/" + String.join("/", path));
        }
    }

    private static void openapi(Exchange exchange, List<String> path) throws IOException {
        if (path.size() > 1 && path.get(1).equals("v3")) {
            ObjectNode body = Exchange.JSON.createObjectNode();
            body.putObject("paths");
            exchange.json(200, body);
        } else {
            exchange.send(200, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", EMPTY_OPENAPI);
        }
    }

    private static ObjectNode version() {
        String version = Routes.class.getPackage().getImplementationVersion();
        return Exchange.JSON
                .createObjectNode()
                .put("major", "1")
                .put("minor", "32")
                .put("gitVersion", "v1.32.0+inmesh." + (version == null ? "dev" : version));
    }

    private void core(Exchange exchange, List<String> path) throws IOException, HttpProblem, InterruptedException {
        if (path.size() == 1) {
            exchange.json(200, Discovery.versions());
        } else if (path.size() == 2) {
            exchange.json(200, Discovery.resources("", path.get(1)));
        } else {
            resource(exchange, "", path.get(1), path.subList(2, path.size()));
        }
    }

    private void groups(Exchange exchange, List<String> path) throws IOException, HttpProblem, InterruptedException {
        switch (path.size()) {
            case 1 -> exchange.json(200, Discovery.groups());
            case 2 -> exchange.json(200, Discovery.group(path.get(1)));
            case 3 -> exchange.json(200, Discovery.resources(path.get(1), path.get(2)));
            default -> resource(exchange, path.get(1), path.get(2), path.subList(3, path.size()));
        }
    }

    private void resource(Exchange exchange, String group, String version, List<String> rest)
            throws IOException, HttpProblem, InterruptedException {
        boolean inNamespace = rest.get(0).equals("namespaces") && rest.size() > 2;
        String namespace = inNamespace ? rest.get(1) : null;
        List<String> tail = inNamespace ? rest.subList(2, rest.size()) : rest;
        Kinds.Kind kind = Kinds.ofPath(group, version, tail.get(0))
                .orElseThrow(() ->
                        HttpProblem.notFound("kind " + tail.get(0) + " of " + (group.isEmpty() ? "core" : group)));
        boolean token = tail.size() == 3
                && kind.kind().equals("ServiceAccount")
                && tail.get(2).equals("token")
                && exchange.method().equals("POST");
        if (token && namespace != null) {
            mesh.token(exchange, namespace, tail.get(1));
        } else if (tail.size() > 2) {
            throw HttpProblem.notFound("subresource " + tail.get(2));
        } else if (kind.use() == Kinds.Kind.Use.SKIPPED && !exchange.flag("watch")) {
            skipped.handle(exchange, kind, tail.size() > 1 ? tail.get(1) : null);
        } else {
            resources.handle(exchange, kind, namespace, tail.size() > 1 ? tail.get(1) : null);
        }
    }
}
