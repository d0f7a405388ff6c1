import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A small OpenID Connect issuer with a page to log in at: everybody is whom he says. Code flow with PKCE (RFC 7636), codes that count once.
 * The argument is the file for its keys; it prints its URL.
 */
final class OidcProvider {

    private static final String ISSUER = "https://issuer.example";

    private final RSAKey key = new RSAKeyGenerator(2048).keyID("k1").generate();
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();

    private OidcProvider() throws Exception {}

    public static void main(String[] arguments) throws Exception {
        OidcProvider provider = new OidcProvider();
        Files.writeString(Path.of(arguments[0]), new JWKSet(provider.key).toPublicJWKSet().toString());
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/authorize", provider::page);
        server.createContext("/granted", provider::granted);
        server.createContext("/token", provider::token);
        server.start();
        System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Two forms: one brings back a code, the other an error, as RFC 6749, 4.1.2 and 4.1.2.1, have them. */
    private void page(HttpExchange exchange) throws IOException {
        Map<String, String> asked = form(exchange.getRequestURI().getRawQuery());
        StringBuilder hidden = new StringBuilder();
        asked.forEach((name, value) ->
                hidden.append("<input type=hidden name=\"" + escaped(name) + "\" value=\"" + escaped(value) + "\">"));
        answer(
                exchange,
                200,
                "text/html",
                "<!doctype html><title>Example</title><h1>Log in at Example</h1><form action=/granted>" + hidden
                        + "<input name=user aria-label=User> <button>Go on</button></form><form action=/granted>" + hidden
                        + "<button>Cancel</button></form>");
    }

    private void granted(HttpExchange exchange) throws IOException {
        Map<String, String> asked = form(exchange.getRequestURI().getRawQuery());
        String back = asked.get("redirect_uri") + "?state=" + encoded(asked.get("state")) + "&iss=" + encoded(ISSUER);
        if (asked.getOrDefault("user", "").isEmpty()) {
            back += "&error=access_denied";
        } else {
            String code = UUID.randomUUID().toString();
            codes.put(code, asked);
            back += "&code=" + code;
        }
        exchange.getResponseHeaders().add("Location", back);
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> shown = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Map<String, String> asked = codes.remove(shown.getOrDefault("code", ""));
        try {
            if (asked == null
                    || !asked.get("code_challenge").equals(challenge(shown.get("code_verifier")))
                    || !asked.get("redirect_uri").equals(shown.get("redirect_uri"))) {
                answer(exchange, 400, "application/json", "{\"error\": \"invalid_grant\"}");
                return;
            }
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                    new JWTClaimsSet.Builder()
                            .issuer(ISSUER)
                            .subject(asked.get("user"))
                            .audience(asked.get("client_id"))
                            .claim("nonce", asked.get("nonce"))
                            .claim("groups", List.of("readers"))
                            .issueTime(new Date())
                            .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                            .build());
            token.sign(new RSASSASigner(key));
            answer(
                    exchange,
                    200,
                    "application/json",
                    "{\"access_token\": \"x\", \"token_type\": \"Bearer\", \"id_token\": \"" + token.serialize() + "\"}");
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static String challenge(String verifier) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    private static Map<String, String> form(String text) {
        Map<String, String> form = new HashMap<>();
        for (String field : text.split("&")) {
            String[] parts = field.split("=", 2);
            form.put(parts[0], parts.length > 1 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "");
        }
        return form;
    }
}
