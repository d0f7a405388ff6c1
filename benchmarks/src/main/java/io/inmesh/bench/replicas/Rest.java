package io.inmesh.bench.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.bench.process.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The REST interface of one control server, as somebody who has logged in. Safe for use by several threads. */
final class Rest {

    /** What the script that starts the trial has made the hash of. */
    static final String PASSWORD = "survives everything";

    /** A server that is there answers sooner, and one that is cut off never. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String url;
    /** Of HTTP/1.1, so that a connection on which nothing came is not used again. */
    private final HttpClient http;

    private volatile String token = "";

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param text the body
     */
    record Answer(int status, String text) {
        boolean good() {
            return status / 100 == 2;
        }

        JsonNode json() throws IOException {
            return Json.MAPPER.readTree(text);
        }
    }

    /**
     * Makes a client.
     *
     * @param url scheme, host and port
     * @param certificate the one the server shows, PEM
     */
    Rest(String url, Path certificate) throws IOException, GeneralSecurityException {
        this.url = url;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .sslContext(trusting(certificate))
                .build();
    }

    private static SSLContext trusting(Path certificate) throws IOException, GeneralSecurityException {
        KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
        known.load(null, null);
        try (InputStream pem = Files.newInputStream(certificate)) {
            known.setCertificateEntry(
                    "server", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** {@return what proves that somebody has logged in; good at all servers} */
    String login() throws IOException, InterruptedException {
        String body = Json.MAPPER
                .createObjectNode()
                .put("username", "root")
                .put("password", PASSWORD)
                .toString();
        return must(send("POST", "/inmesh/v1/login", "application/json", body, Duration.ofSeconds(20)))
                .json()
                .path("token")
                .asText();
    }

    /** Uses a login from now on. */
    void use(String login) {
        token = login;
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).GET());
    }

    Answer send(String method, String path, String type, String body) throws IOException, InterruptedException {
        return send(method, path, type, body, PATIENCE);
    }

    /** {@return an answer that says that all went well} */
    Answer mustPost(String path, String type, String body) throws IOException, InterruptedException {
        return must(send("POST", path, type, body, Duration.ofSeconds(20)));
    }

    private Answer send(String method, String path, String type, String body, Duration patience)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url + path))
                .timeout(patience)
                .header("Content-Type", type)
                .method(method, BodyPublishers.ofString(body)));
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        String proof = token;
        if (!proof.isEmpty()) {
            request.header("Authorization", "Bearer " + proof);
        }
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }

    private static Answer must(Answer answer) throws IOException {
        if (!answer.good()) {
            throw new IOException("HTTP " + answer.status() + " " + answer.text());
        }
        return answer;
    }
}
