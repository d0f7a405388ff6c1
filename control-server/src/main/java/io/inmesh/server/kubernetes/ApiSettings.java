package io.inmesh.server.kubernetes;

import io.inmesh.server.fetch.CaFile;
import io.inmesh.server.fetch.ServerUrl;
import io.inmesh.server.settings.Section;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How an API server is reached. In a pod nothing has to be said.
 *
 * @param url the API server
 * @param tls whom to trust, and the client certificate that is shown, if any; null is the machine's own roots and none
 * @param token what is shown besides
 */
public record ApiSettings(URI url, @Nullable SSLContext tls, BearerToken token) {
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /**
     * {@return what the fields {@code kubeconfig} and {@code context}, or {@code url}, {@code caFile} and {@code tokenFile} of a section say}
     *
     * @param environment of this process: Kubernetes tells pods there where its API is
     */
    public static ApiSettings read(Section section, Map<String, String> environment) {
        Optional<Path> kubeconfig = section.file("kubeconfig");
        if (kubeconfig.isPresent()) {
            for (String field : List.of("url", "caFile", "tokenFile")) {
                if (section.has(field)) {
                    throw section.fault(
                            field, "is there beside kubeconfig, which says that, too; remove one of the two");
                }
            }
            return KubeConfig.read(section, kubeconfig.get());
        }
        if (section.has("context")) {
            throw section.fault("context", "is one of a kubeconfig; name its file in kubeconfig, or remove it");
        }
        Optional<Path> token = section.file("tokenFile")
                .or(() -> Optional.of(ACCOUNT.resolve("token")).filter(Files::exists));
        return new ApiSettings(
                section.has("url") ? ServerUrl.read(section, "url") : inCluster(section, environment),
                CaFile.read(section, ACCOUNT.resolve("ca.crt")),
                token.map(BearerToken::in).orElse(BearerToken.NONE));
    }

    private static URI inCluster(Section section, Map<String, String> environment) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host.isEmpty()) {
            throw section.fault(
                    "url", "is missing; name the API server, or a kubeconfig, as this process does not run in a pod");
        }
        return URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }
}
