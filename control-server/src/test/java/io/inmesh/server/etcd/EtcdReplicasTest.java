package io.inmesh.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.ControlServer;
import io.inmesh.server.ServerOptions;
import io.inmesh.server.ca.SecretFiles;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two control servers on one etcd. */
class EtcdReplicasTest {

    private static final String RULES = "/apis/networking.istio.io/v1/namespaces/default/destinationrules";

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void whatIsWrittenToOneIsReadFromTheOtherAlsoWhileEtcdIsAway() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(folder.resolve("etcd"), 1, "http");
                ControlServer one = server("one", cluster, "1m");
                ControlServer two = server("two", cluster, "30s")) {
            assertThat(post(one, "reviews").statusCode()).isEqualTo(201);
            await(two, RULES + "/reviews", "\"name\":\"reviews\"");
            assertThat(post(two, "reviews").statusCode()).as("it exists").isEqualTo(409);
            assertThat(post(two, "ratings").statusCode()).isEqualTo(201);
            await(one, RULES + "/ratings", "\"name\":\"ratings\"");
            assertThat(get(two, "/readyz").body()).startsWith("ok\nleader: ").doesNotContain("store:");

            cluster.kill(0);

            HttpResponse<String> refused = post(two, "details");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("ServiceUnavailable").contains("most of its members");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(get(two, RULES + "/reviews").statusCode()).isEqualTo(200);
            await(two, "/readyz", "\nstore: behind since ");

            cluster.restart(0);
            while (get(two, "/readyz").body().contains("store:")) {
                Pause.aMoment();
            }
            while (post(two, "details").statusCode() == 503) {
                Pause.aMoment();
            }
            await(one, RULES + "/details", "\"name\":\"details\"");
        }
    }

    @Test
    void oneOfThemLeadsAndWhenItStopsTheOtherDoes() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(folder.resolve("etcd"), 1, "http");
                ControlServer two = led(cluster)) {
            await(two, "/inmesh/v1/status", "\"leads\":true,\"answers\":true");
            assertThat(get(two, "/inmesh/v1/status").body()).doesNotContain("\"leads\":false");
        }
    }

    @Test
    void allAreOneAuthorityAndWhatIsDoneAtOneIsSoAtAll() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(folder.resolve("etcd"), 1, "http");
                ControlServer one = server("one", cluster, "1m");
                ControlServer two = server("two", cluster, "1m")) {
            String roots = get(one, "/inmesh/v1/ca/roots").body();
            Matcher first = Pattern.compile("\"id\":\"(\\p{XDigit}{12})\",\"state\":\"active\"")
                    .matcher(roots);
            assertThat(first.find()).as(roots).isTrue();
            assertThat(get(two, "/inmesh/v1/ca/roots").body()).contains(first.group());

            HttpResponse<String> added = http.send(
                    HttpRequest.newBuilder(URI.create(two.httpUrl() + "/inmesh/v1/ca/roots"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(added.body()).contains("\"state\":\"staged\"");
            await(one, "/inmesh/v1/ca/roots", "\"state\":\"staged\"");
        }
    }

    @Test
    void withoutAPassphraseForTheAuthorityNoServerStarts() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(folder.resolve("etcd"), 1, "http")) {
            Path settings = Files.writeString(
                    folder.resolve("bare.yaml"),
                    "store: {etcd: {endpoints: [\"" + cluster.endpoint(0) + "\"], timeout: 1m}}");

            assertThatThrownBy(() -> new ControlServer(
                            ServerOptions.onLoopback(0, 0, folder.resolve("bare"), SettingsFile.read(settings))))
                    .hasMessageContaining("authority.passphraseFile");
        }
    }

    /** {@return a server that runs beside one that leads, until that has stopped} */
    private ControlServer led(EtcdCluster cluster) throws Exception {
        try (ControlServer one = server("one", cluster, "1m")) {
            await(one, "/inmesh/v1/status", "\"leads\":true,\"answers\":true");
            ControlServer two = server("two", cluster, "1m");
            await(two, "/inmesh/v1/status", "\"leads\":true,\"answers\":false");
            return two;
        }
    }

    private ControlServer server(String name, EtcdCluster cluster, String timeout) throws IOException {
        SecretFiles.write(folder.resolve("ca.passphrase"), "the same at all of them\n");
        Path settings = Files.writeString(
                folder.resolve(name + ".yaml"),
                "authority: {passphraseFile: ca.passphrase}\nstore: {etcd: {endpoints: [\"" + cluster.endpoint(0)
                        + "\"], timeout: " + timeout + "}}");
        return new ControlServer(ServerOptions.onLoopback(0, 0, folder.resolve(name), SettingsFile.read(settings)));
    }

    private HttpResponse<String> post(ControlServer server, String name) throws Exception {
        String body =
                "{\"apiVersion\": \"networking.istio.io/v1\", \"kind\": \"DestinationRule\", \"metadata\": {\"name\": \""
                        + name + "\", \"namespace\": \"default\"}, \"spec\": {\"host\": \"" + name + "\"}}";
        return http.send(
                HttpRequest.newBuilder(URI.create(server.httpUrl() + RULES))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(ControlServer server, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.httpUrl() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Asks until the answer holds what is wanted. */
    private void await(ControlServer server, String path, String wanted) throws Exception {
        String body;
        do {
            body = get(server, path).body();
        } while (!body.contains(wanted));
    }
}
