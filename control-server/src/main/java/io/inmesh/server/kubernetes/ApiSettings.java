package io.inmesh.server.kubernetes;

import io.inmesh.server.fetch.CaFile;
import io.inmesh.server.fetch.ServerUrl;
import io.inmesh.server.settings.Section;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How an API server is reached. In a pod nothing has to be said.
 *
 * @param url the API server
 * @param tls whom to trust; null is the machine's own roots
 * @param tokenFile file with the token that is shown, read anew for each question, since Kubernetes replaces it
 */
public record ApiSettings(URI url, @Nullable SSLContext tls, Optional<Path> tokenFile) {
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /**
     * {@return what the fields {@code url}, {@code caFile} and {@code tokenFile} of a section say}
     *
     * @param environment of this process: Kubernetes tells pods there where its API is
     */
    public static ApiSettings read(Section section, Map<String, String> environment) {
        Optional<Path> token = section.file("tokenFile");
        Path usual = ACCOUNT.resolve("token");
        return new ApiSettings(
                section.has("url") ? ServerUrl.read(section, "url") : inCluster(section, environment),
                CaFile.read(section, ACCOUNT.resolve("ca.crt")),
                token.isPresent() || !Files.exists(usual) ? token : Optional.of(usual));
    }

    private static URI inCluster(Section section, Map<String, String> environment) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host.isEmpty()) {
            throw section.fault("url", "is missing; name the API server, as this process does not run in a pod");
        }
        return URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }
}
