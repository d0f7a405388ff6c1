package io.inmesh.source;

import io.inmesh.config.HealthCheckConfig;
import io.inmesh.config.HealthCheckConfig.Grpc;
import io.inmesh.config.HealthCheckConfig.Http;
import io.inmesh.config.HealthCheckConfig.Protocol;
import io.inmesh.config.HealthCheckConfig.StatusRange;
import io.inmesh.config.HealthCheckConfig.Tcp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads {@code healthCheck} of a cluster. */
final class HealthCheckReader {

    private HealthCheckReader() {}

    static @Nullable HealthCheckConfig read(Section check) {
        List<Protocol> protocols = new ArrayList<>();
        add(protocols, check.findSection("http", HealthCheckReader::http));
        add(protocols, check.findSection("grpc", HealthCheckReader::grpc));
        add(protocols, check.findSection("tcp", section -> new Tcp()));
        if (protocols.size() != 1) {
            check.value().report("has " + protocols.size() + " ways to ask", "keep one of http, grpc and tcp");
            return null;
        }
        HealthCheckConfig usual = HealthCheckConfig.of(protocols.get(0));
        Duration interval = check.duration("interval", usual.interval());
        return new HealthCheckConfig(
                usual.protocol(),
                check.duration("timeout", usual.timeout()),
                interval,
                check.duration("unhealthyInterval", interval),
                check.duration("noTrafficInterval"),
                check.duration("jitter", usual.intervalJitter()),
                check.integer("unhealthyThreshold", usual.unhealthyThreshold()),
                check.integer("healthyThreshold", usual.healthyThreshold()));
    }

    private static void add(List<Protocol> protocols, @Nullable Protocol protocol) {
        if (protocol != null) {
            protocols.add(protocol);
        }
    }

    private static Protocol http(Section http) {
        List<StatusRange> expected = http.list("expectedStatuses").stream()
                .map(Value::whole)
                .filter(Objects::nonNull)
                .map(status -> new StatusRange(status.intValue(), status.intValue() + 1))
                .toList();
        return new Http(
                http.text("method", "GET"),
                http.text("path", "/"),
                http.text("host", ""),
                expected.isEmpty() ? Http.OK : expected,
                Http.ANY);
    }

    private static Protocol grpc(Section grpc) {
        return new Grpc(grpc.text("service", ""), grpc.text("authority", ""));
    }
}
