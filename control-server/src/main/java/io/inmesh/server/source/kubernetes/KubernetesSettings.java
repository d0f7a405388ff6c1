package io.inmesh.server.source.kubernetes;

import io.inmesh.server.fetch.CaFile;
import io.inmesh.server.fetch.ServerUrl;
import io.inmesh.server.settings.Section;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code sources.kubernetes}. In a pod nothing has to be said but a name.
 *
 * @param url the API server
 * @param tls whom to trust; null is the machine's own roots
 * @param tokenFile file with the token that is shown, read anew for each question, since Kubernetes replaces it
 * @param namespaces whose services are followed; those of all if empty
 * @param region where the cluster is: Kubernetes tells zones of endpoints only
 */
public record KubernetesSettings(
        URI url, @Nullable SSLContext tls, Optional<Path> tokenFile, Set<String> namespaces, String region) {
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** Copies the set. */
    public KubernetesSettings {
        namespaces = Set.copyOf(namespaces);
    }

    /**
     * {@return what an entry says}
     *
     * @param environment of this process: Kubernetes tells pods there where its API is
     */
    public static KubernetesSettings read(Section section, Map<String, String> environment) {
        Optional<Path> token = section.file("tokenFile");
        Path usual = ACCOUNT.resolve("token");
        return new KubernetesSettings(
                section.has("url") ? ServerUrl.read(section, "url") : inCluster(section, environment),
                CaFile.read(section, ACCOUNT.resolve("ca.crt")),
                token.isPresent() || !Files.exists(usual) ? token : Optional.of(usual),
                Set.copyOf(section.texts("namespaces")),
                section.text("region", ""));
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
