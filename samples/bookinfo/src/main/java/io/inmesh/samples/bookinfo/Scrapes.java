package io.inmesh.samples.bookinfo;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** What a process needs for Prometheus beside the mesh: a registry for all of it, and a port that shows what is in there. */
final class Scrapes {

    private Scrapes() {}

    /** Opens {@code METRICS_PORT} if the environment has it. */
    static void open() {
        String port = System.getenv().getOrDefault("METRICS_PORT", "");
        if (port.isEmpty()) {
            return;
        }
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Metrics.addRegistry(registry);
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(port)), 0);
            server.createContext("/metrics", exchange -> {
                byte[] text = registry.scrape().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
                exchange.sendResponseHeaders(200, text.length);
                exchange.getResponseBody().write(text);
                exchange.close();
            });
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException("METRICS_PORT " + port + " cannot be opened", e);
        }
    }
}
