package io.inmesh.server.etcd;

import io.inmesh.server.settings.Section;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How to reach an etcd.
 *
 * @param endpoints client URLs of its members, such as {@code https://etcd-1:2379}; all with TLS or none
 * @param prefix what every key begins with, default {@code /inmesh}: meshes with different ones can share an etcd
 * @param caCertificates PEM file of the authorities that its members' certificates are from; null for those the Java runtime trusts
 * @param certificate PEM file of the client certificate and its chain; null for none
 * @param key PEM file of its key; null exactly if there is no certificate
 * @param user who to log in as; null for nobody, or whom the certificate names
 * @param passwordFile file of the user's password, read at each login; null exactly if there is no user
 * @param timeout how long a read or a change may take with all attempts at all members, default 5 s
 */
public record EtcdSettings(
        List<URI> endpoints,
        String prefix,
        @Nullable Path caCertificates,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable String user,
        @Nullable Path passwordFile,
        Duration timeout) {

    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    /** Members without TLS and login, with defaults; for loopback. */
    static EtcdSettings plain(List<URI> endpoints, String prefix, Duration timeout) {
        return new EtcdSettings(endpoints, prefix, null, null, null, null, null, timeout);
    }

    /** {@return whether connections are made with TLS} */
    boolean tls() {
        return "https".equals(endpoints.get(0).getScheme());
    }

    /**
     * Reads the settings' section {@code store.etcd}.
     *
     * @throws io.inmesh.server.settings.SettingsException if a field is missing, or does not fit the others
     */
    public static EtcdSettings read(Section section) {
        List<URI> endpoints = section.texts("endpoints").stream()
                .map(text -> endpoint(section, text))
                .toList();
        if (endpoints.isEmpty()) {
            throw section.fault("endpoints", "is empty; list the client URLs of etcd, such as https://etcd-1:2379");
        }
        if (endpoints.stream().map(URI::getScheme).distinct().count() > 1) {
            throw section.fault("endpoints", "has members with and without TLS; use https for all of them");
        }
        String prefix = section.text("prefix", "/inmesh");
        if (!prefix.startsWith("/") || prefix.endsWith("/")) {
            throw section.fault("prefix", "is \"" + prefix + "\" but has to begin with / and must not end with it");
        }
        Optional<Path> authorities = section.file("caCertificates");
        Optional<Path> certificate = section.file("certificate");
        Optional<Path> key = section.file("key");
        boolean tls = "https".equals(endpoints.get(0).getScheme());
        if (!tls && (authorities.isPresent() || certificate.isPresent() || key.isPresent())) {
            throw section.fault("endpoints", "are without TLS, so certificates would not be used; write https://");
        }
        if (certificate.isPresent() != key.isPresent()) {
            throw section.fault(
                    certificate.isPresent() ? "key" : "certificate",
                    "is missing; a certificate and its key go together");
        }
        Optional<String> user = section.optionalText("user");
        Optional<Path> password = section.file("passwordFile");
        if (user.isPresent() != password.isPresent()) {
            throw section.fault(
                    user.isPresent() ? "passwordFile" : "user", "is missing; a user and a password go together");
        }
        boolean elsewhere = endpoints.stream().anyMatch(endpoint -> !onLoopback(endpoint.getHost()));
        if (!tls && elsewhere && !section.flag("insecure", false)) {
            throw section.fault(
                    "endpoints",
                    "are not on loopback and without TLS: whoever is between could read the store and change it; write"
                            + " https://, or insecure: true if the network is yours alone");
        }
        section.flag("insecure", false);
        return new EtcdSettings(
                endpoints,
                prefix,
                authorities.orElse(null),
                certificate.orElse(null),
                key.orElse(null),
                user.orElse(null),
                password.orElse(null),
                section.duration("timeout", DEFAULT_TIMEOUT));
    }

    private static boolean onLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    private static URI endpoint(Section section, String text) {
        try {
            URI uri = new URI(text);
            boolean scheme = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = uri.getRawPath() == null || uri.getRawPath().isEmpty();
            if (scheme && bare && uri.getHost() != null && uri.getPort() > 0) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Answered like what is a URL of another form.
        }
        throw section.fault(
                "endpoints",
                "holds \"" + text + "\" but has to hold URLs with host and port, such as https://etcd-1:2379");
    }
}
