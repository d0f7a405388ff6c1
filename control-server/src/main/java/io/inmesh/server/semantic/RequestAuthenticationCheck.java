package io.inmesh.server.semantic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.IssuerKeys;
import io.inmesh.server.rule.KeySource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** RequestAuthentications. */
final class RequestAuthenticationCheck {
    private static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    /** Headers that are the server's, and those that say who the peer is. */
    private static final Set<String> RESERVED =
            Set.of("host", "content-length", "transfer-encoding", "connection", "te", "x-forwarded-client-cert");

    private static final Set<String> PRIVATE_PARTS = Set.of("d", "p", "q", "dp", "dq", "qi", "k");

    private RequestAuthenticationCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        for (String target : List.of("targetRef", "targetRefs")) {
            if (spec.get(target).present()) {
                report.add(
                        Check.UNENFORCEABLE_ACTION,
                        spec.get(target),
                        target + " is about waypoints and gateways, which there are none of; use selector");
            }
        }
        for (Field rule : spec.get("jwtRules").items()) {
            rule(report, rule, mesh.settings().issuerKeys());
        }
    }

    private static void rule(Report report, Field rule, IssuerKeys known) {
        boolean named = report.required(rule.get("issuer"));
        report.exclusive(rule, "jwks", "jwksUri", "jwks_uri");
        if (!rule.get("jwks").text().isEmpty()) {
            keys(report, rule.get("jwks"));
        } else if (named) {
            KeySource.of(rule).ifPresent(source -> source(report, rule, source, known));
        }
        for (String list : List.of("audiences", "fromParams", "fromCookies", "spaceDelimitedClaims")) {
            rule.get(list).items().forEach(report::required);
        }
        for (Field header : rule.get("fromHeaders").items()) {
            header(report, header.get("name"));
        }
        if (rule.get("outputPayloadToHeader").present()) {
            shown(report, rule.get("outputPayloadToHeader"));
        }
        for (Field claim : rule.get("outputClaimToHeaders").items()) {
            shown(report, claim.get("header"));
            report.required(claim.get("claim"));
        }
        report.duration(rule.get("timeout"), false);
    }

    private static void source(Report report, Field rule, KeySource source, IssuerKeys known) {
        Field field = source.kind() == KeySource.Kind.KEY_SET ? KeySource.uri(rule) : rule.get("issuer");
        String url = source.url();
        if (!url.startsWith("https://") && !url.startsWith("http://")) {
            report.add(
                    source.kind() == KeySource.Kind.KEY_SET ? Check.BAD_VALUE : Check.NO_KEYS,
                    field,
                    source.kind() == KeySource.Kind.KEY_SET
                            ? "\"" + url + "\" is no URL of a key set"
                            : "the issuer is no URL that would tell its keys, and there is neither jwks nor jwksUri");
        } else if (known.allowed() != null && !known.allows(url)) {
            report.add(
                    Check.NO_KEYS,
                    field,
                    url
                            + " is not below any address in jwks.allow of the server's settings, so it is not asked for keys");
        }
    }

    private static void keys(Report report, Field jwks) {
        JsonNode keys;
        try {
            keys = JSON.readTree(jwks.text()).path("keys");
        } catch (JsonProcessingException e) {
            report.add(Check.BAD_VALUE, jwks, "is no JSON: " + e.getOriginalMessage());
            return;
        }
        if (!keys.isArray()) {
            report.add(Check.BAD_VALUE, jwks, "is no JWK set: it has no list \"keys\"");
            return;
        }
        for (JsonNode key : keys) {
            Optional<String> secret =
                    PRIVATE_PARTS.stream().filter(key::has).sorted().findFirst();
            if (secret.isPresent()) {
                report.add(
                        Check.BAD_VALUE,
                        jwks,
                        "holds a private or symmetric key (member \"" + secret.get()
                                + "\"), with which whoever reads it could make tokens");
                return;
            }
        }
        if (!IssuerKeys.usable(jwks.text())) {
            report.add(Check.NO_KEYS, jwks, "has no key of type RSA, EC or OKP");
        }
    }

    private static void header(Report report, Field name) {
        if (report.required(name) && !HEADER_NAME.matcher(name.text()).matches()) {
            report.add(Check.BAD_VALUE, name, "\"" + name.text() + "\" is no name of a header");
        }
    }

    private static void shown(Report report, Field name) {
        header(report, name);
        String lower = name.text().toLowerCase(Locale.ROOT);
        if (RESERVED.contains(lower) || lower.startsWith("x-inmesh-") || lower.startsWith("grpc-")) {
            report.add(Check.BAD_VALUE, name, "\"" + name.text() + "\" has a meaning of its own; use another header");
        }
    }
}
