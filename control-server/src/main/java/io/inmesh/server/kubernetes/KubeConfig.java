package io.inmesh.server.kubernetes;

import io.inmesh.server.fetch.ServerUrl;
import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Reads a kubeconfig, the file by which kubectl knows clusters. Only one context of it counts, and of that its cluster and its user; the
 * namespace does not. It is read once, when the server starts. What would have a program run, or somebody trusted unseen, is refused.
 */
final class KubeConfig {
    private static final String ACCOUNT =
            "; make a token for a service account and name its file in tokenFile, or use a client certificate";

    /** Fields of a cluster that would be needed to reach it, and what to do instead. */
    private static final Map<String, String> NOT_OF_CLUSTERS = Map.of(
            "proxy-url", "names a proxy, and none is used here; give a server that can be reached without",
            "tls-server-name", "is not supported; let server be by the name that the certificate has");

    /** Fields of a user that would be needed to be let in, and what to do instead. */
    private static final Map<String, String> NOT_OF_USERS = Map.of(
            "exec",
            "names a program that gets credentials, and none is run here" + ACCOUNT,
            "auth-provider",
            "names a plugin that gets credentials, and there is none here" + ACCOUNT,
            "username",
            "is for passwords, which Kubernetes takes no more" + ACCOUNT,
            "password",
            "is for passwords, which Kubernetes takes no more" + ACCOUNT,
            "as",
            "is for acting as somebody else, which is not done here; use that one's own credentials",
            "as-uid",
            "is for acting as somebody else, which is not done here; use that one's own credentials",
            "as-groups",
            "is for acting as somebody else, which is not done here; use that one's own credentials",
            "as-user-extra",
            "is for acting as somebody else, which is not done here; use that one's own credentials");

    private KubeConfig() {}

    /**
     * {@return what a context says: that of field {@code context}, else the file's own current one}
     *
     * @throws io.inmesh.server.settings.SettingsException if something does not fit; the message names file, field and remedy
     */
    static ApiSettings read(Section settings, Path file) {
        Section config;
        try {
            config = SettingsFile.readOfOthers(file);
        } catch (IOException e) {
            throw settings.fault("kubeconfig", "names " + file + ", which cannot be read: " + e.getMessage());
        }
        Optional<String> wanted = settings.optionalText("context");
        String name = wanted.or(() -> config.optionalText("current-context"))
                .orElseThrow(() -> settings.fault(
                        "context", "is missing, and " + file + " has no current-context; name one of its contexts"));
        Section context = wanted.isPresent()
                ? named(config, "contexts", name, settings, "context").section("context")
                : named(config, "contexts", name, config, "current-context").section("context");
        Section cluster = named(config, "clusters", context.text("cluster"), context, "cluster")
                .section("cluster");
        Optional<Section> user = context.optionalText("user")
                .map(called -> named(config, "users", called, context, "user").section("user"));
        return settings(cluster, user);
    }

    private static Section named(Section config, String list, String name, Section asking, String field) {
        List<Section> entries = config.sections(list);
        return entries.stream()
                .filter(entry -> entry.text("name").equals(name))
                .findFirst()
                .orElseThrow(() -> asking.fault(
                        field,
                        "is \"" + name + "\", which is none of the " + list + " of the kubeconfig: "
                                + entries.stream()
                                        .map(entry -> entry.text("name"))
                                        .toList()));
    }

    private static ApiSettings settings(Section cluster, Optional<Section> user) {
        refuse(cluster, NOT_OF_CLUSTERS);
        if (cluster.flag("insecure-skip-tls-verify", false)) {
            throw cluster.fault(
                    "insecure-skip-tls-verify",
                    "is true, so anybody could be the cluster; remove it, and give the cluster's authority in"
                            + " certificate-authority or certificate-authority-data");
        }
        user.ifPresent(one -> refuse(one, NOT_OF_USERS));
        URI url = ServerUrl.read(cluster, "server");
        Optional<PemField> authority = PemField.of(cluster, "certificate-authority");
        Optional<PemField> certificate = user.flatMap(one -> PemField.of(one, "client-certificate"));
        Optional<PemField> key = user.flatMap(one -> PemField.of(one, "client-key"));
        if (certificate.isPresent() != key.isPresent()) {
            throw user.orElseThrow()
                    .fault(
                            certificate.isPresent() ? "client-key" : "client-certificate",
                            "is missing; a certificate and its key go together");
        }
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        if (!secure && (authority.isPresent() || certificate.isPresent())) {
            throw cluster.fault("server", "is without TLS, so certificates would not be used; write https://");
        }
        SSLContext tls = ClientTls.of(authority, certificate, key);
        return new ApiSettings(url, tls, user.map(KubeConfig::token).orElse(BearerToken.NONE));
    }

    private static void refuse(Section section, Map<String, String> fields) {
        fields.keySet().stream().filter(section::has).sorted().findFirst().ifPresent(field -> {
            throw section.fault(field, String.valueOf(fields.get(field)));
        });
    }

    /** As with kubectl, of both the file counts. */
    private static BearerToken token(Section user) {
        Optional<Path> file = user.file("tokenFile");
        if (file.isPresent()) {
            return BearerToken.in(file.get());
        }
        Optional<String> token = user.optionalText("token");
        if (token.isPresent() && !BearerToken.valid(token.get())) {
            throw user.fault("token", "is no token; it has blanks or letters that none has");
        }
        return token.map(BearerToken::of).orElse(BearerToken.NONE);
    }
}
