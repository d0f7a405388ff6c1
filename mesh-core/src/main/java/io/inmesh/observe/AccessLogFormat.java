package io.inmesh.observe;

import io.inmesh.observe.AccessLogSettings.Format;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes lines of the access log: one flat JSON object each, so that parsers need to know nothing but the name of the time. */
final class AccessLogFormat {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private AccessLogFormat() {}

    static String line(AccessLogEntry entry, Format format) {
        JsonLine line = new JsonLine();
        if (format == Format.ECS) {
            ecs(entry, line);
        } else {
            envoy(entry, line);
        }
        return line.end();
    }

    private static void envoy(AccessLogEntry entry, JsonLine line) {
        line.text("start_time", time(entry))
                .text("method", entry.method())
                .text("path", entry.path())
                .text("protocol", entry.protocol())
                .number("response_code", entry.status())
                .text("response_flags", entry.flags())
                .text("response_code_details", entry.details())
                .text("connection_termination_details", null)
                .size("bytes_received", entry.bytesReceived())
                .size("bytes_sent", entry.bytesSent())
                .number("duration", millis(entry.durationNanos()))
                .text("upstream_service_time", upstreamTime(entry))
                .text("x_forwarded_for", entry.forwardedFor())
                .text("user_agent", entry.userAgent())
                .text("request_id", entry.requestId())
                .text("authority", entry.authority())
                .text("upstream_host", entry.upstreamHost())
                .text("upstream_cluster", entry.cluster())
                .text("upstream_local_address", null)
                .text("downstream_local_address", entry.localAddress())
                .text("downstream_remote_address", entry.remoteAddress())
                .text("requested_server_name", entry.serverName())
                .text("upstream_transport_failure_reason", entry.failure())
                .text("route_name", entry.route())
                .text("direction", entry.inbound() ? "inbound" : "outbound")
                .text("peer", entry.peer())
                .number("attempts", entry.attempts())
                .text("trace_id", entry.traceId())
                .text("span_id", entry.spanId());
        if (entry.grpcStatus() >= 0) {
            line.number("grpc_status", entry.grpcStatus());
        }
        entry.headers().forEach((name, value) -> line.text("header_" + name.replace('-', '_'), value));
    }

    private static void ecs(AccessLogEntry entry, JsonLine line) {
        line.text("@timestamp", time(entry))
                .text("ecs.version", "8.11.0")
                .text("log.logger", AccessLogSettings.LOGGER)
                .text("event.kind", "event")
                .text("event.category", "web")
                .text("event.action", entry.inbound() ? "request-received" : "request-sent")
                .text("event.outcome", entry.failed() ? "failure" : "success")
                .number("event.duration", entry.durationNanos())
                .present("event.reason", entry.details())
                .text("http.request.method", entry.method())
                .number("http.response.status_code", entry.status())
                .present("http.request.id", entry.requestId())
                .presentSize("http.request.body.bytes", entry.bytesReceived())
                .presentSize("http.response.body.bytes", entry.bytesSent())
                .text("url.path", entry.path())
                .text("url.domain", entry.authority())
                .present("user_agent.original", entry.userAgent())
                .present(entry.inbound() ? "source.address" : "destination.address", remote(entry))
                .present("tls.client.server_name", entry.serverName())
                .present("error.message", entry.failure())
                .present("trace.id", entry.traceId())
                .present("span.id", entry.spanId())
                .text("inmesh.response_flags", entry.flags())
                .present("inmesh.peer", entry.peer())
                .present("inmesh.cluster", entry.cluster())
                .present("inmesh.route", entry.route())
                .number("inmesh.attempts", entry.attempts());
        if (entry.grpcStatus() >= 0) {
            line.number("rpc.grpc.status_code", entry.grpcStatus());
        }
        entry.headers().forEach((name, value) -> line.text("http.request.headers." + name, value));
    }

    private static @Nullable String remote(AccessLogEntry entry) {
        return entry.inbound() ? entry.remoteAddress() : entry.upstreamHost();
    }

    private static @Nullable String upstreamTime(AccessLogEntry entry) {
        return entry.upstreamNanos() < 0 ? null : Long.toString(millis(entry.upstreamNanos()));
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private static String time(AccessLogEntry entry) {
        return TIME.format(Instant.ofEpochMilli(entry.startMillis()));
    }
}
