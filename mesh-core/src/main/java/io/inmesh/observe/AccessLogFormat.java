package io.inmesh.observe;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.SpiffeId;
import io.inmesh.observe.AccessLogSettings.Format;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes lines of the access log: one flat JSON object each, so that parsers need to know nothing but the name of the time. For one thread,
 * which makes each line in the room of the one before.
 */
final class AccessLogFormat {

    private final Format format;
    private final JsonLine line = new JsonLine();
    private final LogTime times = new LogTime();

    AccessLogFormat(Format format) {
        this.format = format;
    }

    String line(AccessLogEntry entry) {
        line.begin();
        if (format == Format.ECS) {
            ecs(entry);
        } else {
            envoy(entry);
        }
        return line.end();
    }

    private void envoy(AccessLogEntry entry) {
        time("start_time", entry);
        line.text("method", entry.method());
        path("path", entry);
        line.text("protocol", entry.protocol())
                .number("response_code", entry.status())
                .text("response_flags", entry.flags())
                .text("response_code_details", entry.details())
                .text("connection_termination_details", null)
                .size("bytes_received", entry.bytesReceived())
                .size("bytes_sent", entry.bytesSent())
                .number("duration", millis(entry.durationNanos()));
        upstreamTime("upstream_service_time", entry);
        line.text("x_forwarded_for", entry.forwardedFor())
                .text("user_agent", entry.userAgent())
                .text("request_id", entry.requestId());
        authority("authority", entry);
        upstream("upstream_host", entry.upstream());
        cluster("upstream_cluster", entry);
        line.text("upstream_local_address", null);
        local("downstream_local_address", entry);
        line.text("downstream_remote_address", address(entry.remoteAddress()))
                .text("requested_server_name", entry.serverName())
                .text("upstream_transport_failure_reason", entry.failure())
                .text("route_name", entry.route())
                .text("direction", entry.inbound() ? "inbound" : "outbound")
                .text("peer", peer(entry))
                .number("attempts", entry.attempts())
                .text("trace_id", traceId(entry))
                .text("span_id", spanId(entry));
        if (entry.grpcStatus() >= 0) {
            line.number("grpc_status", entry.grpcStatus());
        }
        for (Map.Entry<String, String> header : entry.headers().entrySet()) {
            line.text("header_" + header.getKey().replace('-', '_'), header.getValue());
        }
    }

    private void ecs(AccessLogEntry entry) {
        time("@timestamp", entry);
        line.text("ecs.version", "8.11.0")
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
                .presentSize("http.response.body.bytes", entry.bytesSent());
        path("url.path", entry);
        authority("url.domain", entry);
        line.present("user_agent.original", entry.userAgent());
        if (entry.inbound()) {
            line.present("source.address", address(entry.remoteAddress()));
        } else if (entry.upstream() != null) {
            upstream("destination.address", entry.upstream());
        }
        line.present("tls.client.server_name", entry.serverName())
                .present("error.message", entry.failure())
                .present("trace.id", traceId(entry))
                .present("span.id", spanId(entry))
                .text("inmesh.response_flags", entry.flags())
                .present("inmesh.peer", peer(entry));
        if (entry.inbound() || entry.cluster() != null) {
            cluster("inmesh.cluster", entry);
        }
        line.present("inmesh.route", entry.route()).number("inmesh.attempts", entry.attempts());
        if (entry.grpcStatus() >= 0) {
            line.number("rpc.grpc.status_code", entry.grpcStatus());
        }
        for (Map.Entry<String, String> header : entry.headers().entrySet()) {
            line.text("http.request.headers." + header.getKey(), header.getValue());
        }
    }

    private void time(String name, AccessLogEntry entry) {
        line.open(name);
        times.write(entry.startMillis(), line);
        line.close();
    }

    private void path(String name, AccessLogEntry entry) {
        line.open(name).part(entry.path());
        if (entry.query() != null) {
            line.part("?").part(entry.query());
        }
        line.close();
    }

    private void authority(String name, AccessLogEntry entry) {
        line.open(name).part(entry.host()).part(":").part(entry.port()).close();
    }

    private void upstream(String name, @Nullable Endpoint endpoint) {
        if (endpoint == null) {
            line.text(name, null);
            return;
        }
        boolean v6 = endpoint.host().indexOf(':') >= 0;
        line.open(name)
                .part(v6 ? "[" : "")
                .part(endpoint.host())
                .part(v6 ? "]:" : ":")
                .part(endpoint.port())
                .close();
    }

    private void cluster(String name, AccessLogEntry entry) {
        if (entry.inbound()) {
            line.open(name).part("inbound|").part(entry.localPort()).part("||").close();
        } else {
            line.text(name, entry.cluster());
        }
    }

    private void local(String name, AccessLogEntry entry) {
        String address = address(entry.localAddress());
        if (address == null) {
            line.text(name, null);
        } else {
            line.open(name).part(address).part(":").part(entry.localPort()).close();
        }
    }

    private void upstreamTime(String name, AccessLogEntry entry) {
        if (entry.upstreamNanos() < 0) {
            line.text(name, null);
        } else {
            // In quotes, as Envoy has it.
            line.open(name).part(millis(entry.upstreamNanos())).close();
        }
    }

    private static @Nullable String address(@Nullable InetAddress address) {
        return address == null ? null : address.getHostAddress();
    }

    private static @Nullable String peer(AccessLogEntry entry) {
        SpiffeId peer = entry.peer();
        return peer == null ? null : peer.toString();
    }

    private static @Nullable String traceId(AccessLogEntry entry) {
        return entry.span().isValid() ? entry.span().getTraceId() : null;
    }

    private static @Nullable String spanId(AccessLogEntry entry) {
        return entry.span().isValid() ? entry.span().getSpanId() : null;
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
