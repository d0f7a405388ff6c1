package io.inmesh.server.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What Envoy's RBAC filter answers, written from the comments of its protos alone and on the golden's YAML itself, so that it shares
 * nothing with what it judges.
 *
 * <p>Source: {@code envoy/config/rbac/v3/rbac.proto}, {@code route_components.proto} (HeaderMatcher), {@code string.proto}, {@code
 * uri_template_match.proto}.
 */
final class EnvoyRbac {

    /** Characters that a star of a path template stands for: RFC 3986 pchar. */
    private static final String SEGMENT = "[a-zA-Z0-9._~%!$&'()+,;:@=*-]";

    private EnvoyRbac() {}

    /** A request as Envoy sees it. */
    record Seen(Requests.Sample sample) {
        /** All values of a header in one text, as Envoy joins them. */
        Optional<String> header(String name) {
            return switch (name) {
                case ":authority" -> Optional.of(sample.authority());
                case ":method" -> Optional.of(sample.method());
                default -> {
                    List<String> values = sample.headers().stream()
                            .filter(header -> header.name().equalsIgnoreCase(name))
                            .map(Requests.Header::value)
                            .toList();
                    yield values.isEmpty() ? Optional.empty() : Optional.of(String.join(",", values));
                }
            };
        }
    }

    /** Whether filters let a request pass, each a {@code typedConfig}. */
    static boolean allows(List<JsonNode> filters, Requests.Sample sample) {
        return filters.stream().allMatch(filter -> !filter.has("rules") || allowed(filter.get("rules"), sample));
    }

    /** Whether a set of rules lets a request pass. */
    static boolean allowed(JsonNode rules, Requests.Sample sample) {
        Seen seen = new Seen(sample);
        boolean matched = rules.path("policies")
                .valueStream()
                .anyMatch(policy -> any(policy.get("permissions"), p -> permission(p, seen))
                        && any(policy.get("principals"), p -> principal(p, seen)));
        return rules.path("action").asText("ALLOW").equals("DENY") != matched;
    }

    static boolean permission(JsonNode permission, Seen seen) {
        String kind = permission.fieldNames().next();
        JsonNode value = permission.get(kind);
        return switch (kind) {
            case "any" -> true;
            case "andRules" -> all(value.get("rules"), rule -> permission(rule, seen));
            case "orRules" -> any(value.get("rules"), rule -> permission(rule, seen));
            case "notRule" -> !permission(value, seen);
            case "header" -> header(value, seen);
            case "urlPath" -> text(value.get("path"), seen.sample().path());
            case "uriTemplate" ->
                template(
                        value.get("typedConfig").get("pathTemplate").asText(),
                        seen.sample().path());
            case "destinationIp" -> inside(value, seen.sample().localAddress());
            case "destinationPort" -> seen.sample().localPort() == value.asInt();
            case "requestedServerName" -> text(value, orEmpty(seen.sample().serverName()));
            default -> throw new AssertionError("no permission " + kind);
        };
    }

    static boolean principal(JsonNode principal, Seen seen) {
        String kind = principal.fieldNames().next();
        JsonNode value = principal.get(kind);
        return switch (kind) {
            case "any" -> true;
            case "andIds" -> all(value.get("ids"), id -> principal(id, seen));
            case "orIds" -> any(value.get("ids"), id -> principal(id, seen));
            case "notId" -> !principal(value, seen);
            case "authenticated" -> {
                String peer = seen.sample().principal();
                yield peer != null && text(value.get("principalName"), peer);
            }
            // Without a proxy in front, which is what the samples are, all three are the peer.
            case "directRemoteIp", "remoteIp", "sourceIp" ->
                inside(value, seen.sample().peerAddress());
            case "header" -> header(value, seen);
            case "metadata" -> metadata(value, seen.sample().token());
            default -> throw new AssertionError("no principal " + kind);
        };
    }

    /** What the filter for tokens leaves: the claims under {@code payload}. */
    private static boolean metadata(JsonNode matcher, Tokens.@Nullable Token token) {
        if (token == null || !matcher.get("filter").asText().equals("envoy.filters.http.jwt_authn")) {
            return false;
        }
        JsonNode value = null;
        for (JsonNode step : matcher.get("path")) {
            String key = step.get("key").asText();
            value = value == null && key.equals("payload") ? token.claims() : value == null ? null : value.path(key);
        }
        return value != null && value(matcher.get("value"), value);
    }

    private static boolean value(JsonNode matcher, JsonNode value) {
        if (matcher.has("orMatch")) {
            return any(matcher.get("orMatch").get("valueMatchers"), each -> value(each, value));
        }
        return matcher.has("listMatch")
                ? value.isArray()
                        && any(value, element -> value(matcher.get("listMatch").get("oneOf"), element))
                : value.isTextual() && text(matcher.get("stringMatch"), value.asText());
    }

    private static boolean header(JsonNode matcher, Seen seen) {
        Optional<String> value = seen.header(matcher.get("name").asText());
        return matcher.path("presentMatch").asBoolean()
                ? value.isPresent()
                : value.isPresent() && text(matcher.get("stringMatch"), value.get());
    }

    private static boolean text(JsonNode matcher, String value) {
        boolean ignoreCase = matcher.path("ignoreCase").asBoolean();
        String folded = ignoreCase ? value.toLowerCase(Locale.ROOT) : value;
        if (matcher.has("safeRegex")) {
            return Pattern.matches(matcher.get("safeRegex").get("regex").asText(), value);
        }
        if (matcher.has("prefix")) {
            return folded.startsWith(fold(matcher.get("prefix"), ignoreCase));
        }
        return matcher.has("suffix")
                ? folded.endsWith(fold(matcher.get("suffix"), ignoreCase))
                : folded.equals(fold(matcher.path("exact"), ignoreCase));
    }

    private static String fold(JsonNode text, boolean ignoreCase) {
        return ignoreCase ? text.asText().toLowerCase(Locale.ROOT) : text.asText();
    }

    private static boolean template(String template, String path) {
        StringBuilder regex = new StringBuilder();
        for (String segment : template.substring(1).split("/", -1)) {
            regex.append('/');
            switch (segment) {
                case "*" -> regex.append(SEGMENT).append('+');
                case "**" -> regex.append("(").append(SEGMENT).append("|/)*");
                default -> regex.append(Pattern.quote(segment));
            }
        }
        return Pattern.matches(regex.toString(), path);
    }

    private static boolean inside(JsonNode range, String address) {
        try {
            byte[] prefix =
                    InetAddress.getByName(range.get("addressPrefix").asText()).getAddress();
            byte[] bytes = InetAddress.getByName(address).getAddress();
            int rest = prefix.length * 8 - range.get("prefixLen").asInt();
            return prefix.length == bytes.length
                    && new BigInteger(1, prefix).shiftRight(rest).equals(new BigInteger(1, bytes).shiftRight(rest));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private interface Test {
        boolean holds(JsonNode node);
    }

    private static boolean any(JsonNode nodes, Test test) {
        return StreamSupport.stream(nodes.spliterator(), false).anyMatch(test::holds);
    }

    private static boolean all(JsonNode nodes, Test test) {
        return StreamSupport.stream(nodes.spliterator(), false).allMatch(test::holds);
    }
}
