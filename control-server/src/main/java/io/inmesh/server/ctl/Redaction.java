package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.inspect.ProtoJson;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of what is given away: values whose name says that they are secret, wherever they stand in a document, then what looks like
 * one in any text: private keys, tokens, credentials of URLs and headers. In doubt it takes out too much.
 */
final class Redaction {

    private static final String GONE = ProtoJson.REDACTED;
    private static final Pattern SECRET_NAME = Pattern.compile(
            "(?i).*(password|passwd|passphrase|secret|token|authorization|cookie|api[-_]?key|private[-_]?key|credential|session).*");
    /** Members that name a header or a variable, and those with its value. */
    private static final List<String> NAMES = List.of("name", "key", "header", "headerName");

    private static final List<String> VALUES =
            List.of("value", "exact", "prefix", "regex", "stringMatch", "rawValue", "values", "notValues");

    private static final Pattern PRIVATE_KEY = Pattern.compile(
            "-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|\\z)", Pattern.DOTALL);
    private static final Pattern JWT = Pattern.compile("eyJ[\\w-]{5,}\\.[\\w-]{5,}(\\.[\\w-]*)*");
    private static final Pattern OWN_TOKEN = Pattern.compile("inmesh(-[a-z]+)?\\.[\\w-]+\\.[\\w-]{20,}(\\.[\\w-]+)*");
    private static final Pattern SCHEME = Pattern.compile("(?i)\\b(bearer|basic|digest|negotiate)\\s+[\\w.~+/=-]{6,}");
    private static final Pattern USER_OF_URL = Pattern.compile("(://)[^/\\s:@\"]+:[^/\\s@\"]+@");
    /** Parts of a JSON Web Key that are secret (RFC 7518, 6.2.2, 6.3.2, 6.4.1). */
    private static final Pattern SECRET_OF_KEY =
            Pattern.compile("(\\\\?\"(?:k|d|p|q|dp|dq|qi)\\\\?\"\\s*:\\s*\\\\?\")[\\w-]{10,}");

    private static final Pattern ASSIGNED = Pattern.compile(
            "(?i)((?:password|passwd|passphrase|secret|token|authorization|api[-_]?key)[\\w-]*\\\\?[\"']?\\s*[=:]\\s*\\\\?[\"']?)"
                    + "(?!\\[redacted])[^\\s\"'\\\\,;&}]+");

    private Redaction() {}

    /** {@return a document without secrets}; the given one is left as it is */
    static JsonNode of(JsonNode document) {
        return node(document, false);
    }

    /** {@return a text without secrets} */
    static String of(String text) {
        String clean = PRIVATE_KEY.matcher(text).replaceAll(Matcher.quoteReplacement(GONE));
        clean = JWT.matcher(clean).replaceAll(Matcher.quoteReplacement(GONE));
        clean = OWN_TOKEN.matcher(clean).replaceAll(Matcher.quoteReplacement(GONE));
        clean = SCHEME.matcher(clean).replaceAll("$1 " + Matcher.quoteReplacement(GONE));
        clean = USER_OF_URL.matcher(clean).replaceAll("$1" + Matcher.quoteReplacement(GONE) + "@");
        clean = SECRET_OF_KEY.matcher(clean).replaceAll("$1" + Matcher.quoteReplacement(GONE));
        return ASSIGNED.matcher(clean).replaceAll("$1" + Matcher.quoteReplacement(GONE));
    }

    private static JsonNode node(JsonNode node, boolean secret) {
        if (node instanceof ObjectNode object) {
            return object(object, secret);
        } else if (node instanceof ArrayNode array) {
            ArrayNode clean = Api.JSON.createArrayNode();
            array.forEach(item -> clean.add(node(item, secret)));
            return clean;
        } else if (node.isTextual() && !node.asText().isEmpty()) {
            return Api.JSON.getNodeFactory().textNode(secret ? GONE : of(node.asText()));
        }
        return node;
    }

    private static ObjectNode object(ObjectNode object, boolean secret) {
        boolean named = NAMES.stream()
                .map(name -> object.path(name).asText())
                .anyMatch(name -> SECRET_NAME.matcher(name).matches());
        ObjectNode clean = Api.JSON.createObjectNode();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            boolean value = secret
                    || SECRET_NAME.matcher(field.getKey()).matches()
                    || (named && VALUES.contains(field.getKey()));
            clean.set(field.getKey(), node(field.getValue(), value));
        }
        return clean;
    }
}
