package io.inmesh.source;

import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.config.HeaderNames;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code inbound.external}. */
final class ExternalReader {

    /** Envoy's; a file is written for one process, so there is no long placeholder to be compatible with. */
    private static final Duration USUAL_TIMEOUT = Duration.ofMillis(200);

    private static final int LEAST_STATUS = 200;
    private static final int MOST_STATUS = 599;
    private static final int MAX_PORT = 65535;

    private ExternalReader() {}

    static @Nullable ExternalAuthorizationConfig read(Section external) {
        String name = external.required("name");
        String host = external.required("host");
        external.required("port");
        int port = external.integer("port", 0);
        if (port < 1 || port > MAX_PORT) {
            external.value().report("has port " + port, "write a port from 1 to " + MAX_PORT);
        }
        int status = external.integer("statusOnError", ExternalAuthorizerConfig.USUAL_STATUS_ON_ERROR);
        if (status < LEAST_STATUS || status > MOST_STATUS) {
            external.value().report("has statusOnError " + status, "write a status from 200 to 599");
        }
        Duration timeout = external.duration("timeout", USUAL_TIMEOUT);
        if (timeout.isZero()) {
            external.value().report("has timeout 0s", "write how long an answer is waited for");
        }
        ExternalProtocol protocol =
                external.<ExternalProtocol>section("http", ExternalReader::http, new ExternalProtocol.Grpc());
        List<Policy> policies = MeshConfigYaml.all(external.list("policies"), InboundReader::policy);
        if (policies.isEmpty()) {
            external.value().report("has no policies", "say what it is asked about, or remove it");
        }
        return new ExternalAuthorizationConfig(
                new ExternalAuthorizerConfig(
                        name, host, port, timeout, external.flag("failOpen", false), status, protocol),
                policies);
    }

    private static ExternalProtocol http(Section http) {
        String prefix = http.text("pathPrefix", "");
        if (!prefix.isEmpty() && (!prefix.startsWith("/") || prefix.contains("//") || prefix.contains("?"))) {
            http.value().report("has pathPrefix \"" + prefix + "\"", "write a path such as /check");
        }
        List<Map.Entry<String, String>> added = http.textMap("added").entrySet().stream()
                .map(header -> Map.entry(header.getKey().toLowerCase(Locale.ROOT), header.getValue()))
                .toList();
        return new ExternalProtocol.Http(
                prefix,
                HeaderNames.of(http.texts("sent")),
                added,
                HeaderNames.of(http.texts("shown")),
                HeaderNames.of(http.texts("deniedWith")),
                HeaderNames.of(http.texts("answeredWith")));
    }
}
