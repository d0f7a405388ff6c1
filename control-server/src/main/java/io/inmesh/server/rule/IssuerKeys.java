package io.inmesh.server.rule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this server knows of the keys of issuers, and where it may ask for them.
 *
 * @param allowed beginnings of URLs that may be asked; null if that is not known, as where files are judged without a server
 * @param sets the key sets that could be had, as JWK sets
 */
public record IssuerKeys(@Nullable List<String> allowed, Map<KeySource, String> sets) {

    /** Nothing is known. */
    public static final IssuerKeys UNKNOWN = new IssuerKeys(null, Map.of());

    /** A JWK set with which no token is verified: its key is nobody's. */
    public static final String NO_KEYS = NobodysKey.jwks(new SecureRandom());

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> TYPES = Set.of("RSA", "EC", "OKP");

    /** Copies the collections. */
    public IssuerKeys {
        allowed = allowed == null ? null : List.copyOf(allowed);
        sets = Map.copyOf(sets);
    }

    /** {@return whether a text is a JWK set with a key of a type that tokens can be verified with} */
    public static boolean usable(String jwks) {
        try {
            for (JsonNode key : JSON.readTree(jwks).path("keys")) {
                if (TYPES.contains(key.path("kty").asText())) {
                    return true;
                }
            }
            return false;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** {@return the key set of a source; empty if it could not be had so far} */
    public Optional<String> of(KeySource source) {
        return Optional.ofNullable(sets.get(source));
    }

    /** {@return whether a URL may be asked: one below an allowed one, with the same scheme, host and port} */
    public boolean allows(String url) {
        return allowed != null && allowed.stream().anyMatch(prefix -> below(prefix, url));
    }

    private static boolean below(String prefix, String url) {
        try {
            URI wanted = new URI(url);
            URI base = new URI(prefix);
            if (wanted.getHost() == null || wanted.getRawUserInfo() != null || wanted.getRawFragment() != null) {
                return false;
            }
            return same(base.getScheme(), wanted.getScheme())
                    && same(base.getHost(), wanted.getHost())
                    && port(base) == port(wanted)
                    && belowPath(base.getRawPath(), wanted.getRawPath());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean belowPath(@Nullable String base, @Nullable String wanted) {
        String folder = base == null ? "/" : base.endsWith("/") ? base : base + "/";
        String path = wanted == null || wanted.isEmpty() ? "/" : wanted;
        boolean plain = path.indexOf('%') < 0
                && path.indexOf('\\') < 0
                && Arrays.stream(path.split("/", -1)).noneMatch(part -> part.equals(".") || part.equals(".."));
        return plain && (path.startsWith(folder) || path.equals(base));
    }

    private static boolean same(@Nullable String one, @Nullable String other) {
        return one != null && other != null && one.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }
}
