package io.inmesh.server.attest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jwt.SignedJWT;
import io.inmesh.server.ca.Attestor;
import io.inmesh.server.fetch.BoundedHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.StreamSupport;

/**
 * Asks a Kubernetes API server about a token ({@code authentication.k8s.io/v1 TokenReview}). It knows what keys cannot tell: that the pod
 * or the service account is gone.
 */
final class TokenReview implements KubernetesAttestor.Judge {
    /** Calls of clients wait for these answers, so only few may: threads are shared with everything else. */
    private static final int MAX_AT_ONCE = 2;

    private static final String PATH = "/apis/authentication.k8s.io/v1/tokenreviews";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BoundedHttp http;
    private final URI url;
    private final Path tokenFile;
    private final String audience;
    private final Semaphore slots = new Semaphore(MAX_AT_ONCE);

    /**
     * Makes a reviewer.
     *
     * @param server the API server
     * @param tokenFile file with the token that this server shows; read anew each time, since Kubernetes replaces it
     */
    TokenReview(BoundedHttp http, URI server, Path tokenFile, String audience) {
        this.http = http;
        String base = server.toString();
        this.url = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + PATH);
        this.tokenFile = tokenFile;
        this.audience = audience;
    }

    @Override
    public KubernetesAttestor.Account judge(String bearer, SignedJWT token)
            throws Attestor.Refused, Attestor.Undecided {
        JsonNode status = review(bearer);
        if (!status.path("authenticated").asBoolean(false)) {
            throw refused("the API server does not accept it: "
                    + Tokens.shortened(status.path("error").asText("no reason given")));
        }
        // A server that knows no audiences answers none, and has then not looked at the token's.
        boolean forUs = StreamSupport.stream(status.path("audiences").spliterator(), false)
                .anyMatch(named -> named.asText().equals(audience));
        if (!forUs) {
            throw refused("it is not for audience " + audience);
        }
        return new KubernetesAttestor.Account(
                status.path("user").path("username").asText(), () -> {});
    }

    private JsonNode review(String bearer) throws Attestor.Undecided {
        if (!slots.tryAcquire()) {
            throw new Attestor.Undecided("too many tokens are being reviewed at this moment");
        }
        try {
            BoundedHttp.Answer answer = http.send(request(bearer));
            if (answer.status() != 200 && answer.status() != 201) {
                throw new Attestor.Undecided(url + " answers " + answer.status()
                        + " to a TokenReview; this server's own token may lack the role system:auth-delegator");
            }
            return JSON.readTree(answer.body()).path("status");
        } catch (IOException e) {
            throw new Attestor.Undecided("the API server cannot be asked: " + e.getMessage());
        } finally {
            slots.release();
        }
    }

    private HttpRequest request(String bearer) throws IOException {
        ObjectNode body = JSON.createObjectNode()
                .put("apiVersion", "authentication.k8s.io/v1")
                .put("kind", "TokenReview");
        body.putObject("spec").put("token", bearer).putArray("audiences").add(audience);
        String own = Files.readString(tokenFile, StandardCharsets.US_ASCII).strip();
        return HttpRequest.newBuilder(url)
                .header("Authorization", "Bearer " + own)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
    }

    private static Attestor.Refused refused(String reason) {
        return new Attestor.Refused(reason, Map.of("by", "kubernetes"));
    }
}
