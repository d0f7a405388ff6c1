package io.inmesh.server.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.fetch.BoundedHttp;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Exchanges codes over HTTP. Source: RFC 6749, 4.1.3 and 2.3.1; OpenID Connect Core 1.0, 3.1.3. */
final class TokenEndpoint implements TokenExchange {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String idToken(OidcLogin login, String code, String verifier, String redirectUri) throws IOException {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", redirectUri);
        form.put("code_verifier", verifier);
        HttpRequest.Builder request = HttpRequest.newBuilder(login.tokenEndpoint())
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded");
        if (login.clientSecretFile().isPresent()) {
            String secret = Files.readString(login.clientSecretFile().get()).strip();
            byte[] pair = (encoded(login.clientId()) + ":" + encoded(secret)).getBytes(StandardCharsets.US_ASCII);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        } else {
            form.put("client_id", login.clientId());
        }
        BoundedHttp.Answer answer = login.http()
                .send(request.POST(BodyPublishers.ofString(form(form))).build());
        JsonNode body = read(login, answer.body());
        if (answer.status() != 200) {
            String error = body.path("error").asText("");
            throw new IOException(login.tokenEndpoint() + " answers " + answer.status()
                    + (error.matches("[a-z_]{1,64}") ? ", " + error : ""));
        }
        String token = body.path("id_token").asText("");
        if (token.isEmpty()) {
            throw new IOException(login.tokenEndpoint() + " answers without an ID token");
        }
        return token;
    }

    private static JsonNode read(OidcLogin login, byte[] body) throws IOException {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            e.clearLocation();
            throw new IOException(login.tokenEndpoint() + " answers with what is no JSON");
        }
    }

    /** {@return fields as {@code application/x-www-form-urlencoded}} */
    static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
