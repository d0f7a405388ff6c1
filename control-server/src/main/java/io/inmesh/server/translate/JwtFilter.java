package io.inmesh.server.translate;

import com.google.protobuf.Empty;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.IssuerKeys;
import io.inmesh.server.rule.KeySource;
import io.inmesh.server.rule.Rules;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.jwt.JwtAuthentication;
import io.inmesh.xds.filter.jwt.JwtClaimToHeader;
import io.inmesh.xds.filter.jwt.JwtHeader;
import io.inmesh.xds.filter.jwt.JwtProvider;
import io.inmesh.xds.filter.jwt.JwtRequirement;
import io.inmesh.xds.filter.jwt.JwtRequirementAndList;
import io.inmesh.xds.filter.jwt.JwtRequirementOrList;
import io.inmesh.xds.filter.jwt.RequirementRule;
import io.inmesh.xds.route.RouteMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The filter that verifies tokens of a workload, as Istio writes it: a token is not needed, but one that is there has to be valid. Keys
 * are always in it, since processes fetch none; where there are none, a key of nobody is, and every token is refused.
 */
final class JwtFilter {
    static final String NAME = "envoy.filters.http.jwt_authn";
    /** Name under which payloads stand in the metadata. */
    static final String PAYLOAD = "payload";

    /** Claims that are lists of words for every issuer. Source: Istio. */
    private static final List<String> WORDS = List.of("scope", "permission");

    private JwtFilter() {}

    /** The filter of a workload; empty if no RequestAuthentication selects it, and for clients that do not know it. */
    static Optional<HttpFilter> of(Rules rules, String namespace, Map<String, String> labels, Personality personality) {
        List<Field> jwtRules = rules.requestAuthentications().rules(namespace, labels);
        if (jwtRules.isEmpty() || personality != Personality.FULL) {
            return Optional.empty();
        }
        JwtAuthentication.Builder filter = JwtAuthentication.newBuilder().setBypassCorsPreflight(true);
        List<String> names = new ArrayList<>();
        for (Field rule : jwtRules) {
            String name = "origins-" + names.size();
            names.add(name);
            filter.putProviders(name, provider(rule, rules.settings().issuerKeys()));
        }
        filter.addRules(RequirementRule.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRequires(requirement(names)));
        return Optional.of(HttpFilter.newBuilder()
                .setName(NAME)
                .setTypedConfig(Protos.pack(filter.build()))
                .build());
    }

    /** The keys of a rule: its own, those its source gave, or nobody's. */
    private static String keys(Field rule, IssuerKeys known) {
        return KeySource.of(rule)
                .map(source -> known.of(source).orElse(IssuerKeys.NO_KEYS))
                .orElseGet(() -> IssuerKeys.usable(rule.get("jwks").text())
                        ? rule.get("jwks").text()
                        : IssuerKeys.NO_KEYS);
    }

    private static JwtProvider provider(Field rule, IssuerKeys known) {
        JwtProvider.Builder provider = JwtProvider.newBuilder()
                .setIssuer(rule.get("issuer").text())
                .addAllAudiences(rule.get("audiences").texts())
                .setLocalJwks(DataSource.newBuilder().setInlineString(keys(rule, known)))
                .setForward(rule.get("forwardOriginalToken").flag(false))
                .addAllFromParams(rule.get("fromParams").texts())
                .addAllFromCookies(rule.get("fromCookies").texts())
                .setForwardPayloadHeader(rule.get("outputPayloadToHeader").text())
                .setPayloadInMetadata(PAYLOAD);
        for (Field header : rule.get("fromHeaders").items()) {
            provider.addFromHeaders(JwtHeader.newBuilder()
                    .setName(header.get("name").text())
                    .setValuePrefix(header.get("prefix").text()));
        }
        for (Field shown : rule.get("outputClaimToHeaders").items()) {
            provider.addClaimToHeaders(JwtClaimToHeader.newBuilder()
                    .setHeaderName(shown.get("header").text())
                    .setClaimName(shown.get("claim").text()));
        }
        provider.getNormalizePayloadInMetadataBuilder()
                .addAllSpaceDelimitedClaims(WORDS)
                .addAllSpaceDelimitedClaims(rule.get("spaceDelimitedClaims").texts());
        return provider.build();
    }

    private static JwtRequirement requirement(List<String> names) {
        if (names.size() == 1) {
            return optional(names.get(0));
        }
        // The first part is for providers that read the same place: a token of one is no valid token of another.
        JwtRequirementOrList.Builder any = JwtRequirementOrList.newBuilder();
        JwtRequirementAndList.Builder each = JwtRequirementAndList.newBuilder();
        for (String name : names) {
            any.addRequirements(JwtRequirement.newBuilder().setProviderName(name));
            each.addRequirements(optional(name));
        }
        any.addRequirements(JwtRequirement.newBuilder().setRequiresAll(each));
        return JwtRequirement.newBuilder().setRequiresAny(any).build();
    }

    private static JwtRequirement optional(String name) {
        return JwtRequirement.newBuilder()
                .setRequiresAny(JwtRequirementOrList.newBuilder()
                        .addRequirements(JwtRequirement.newBuilder().setProviderName(name))
                        .addRequirements(JwtRequirement.newBuilder().setAllowMissing(Empty.getDefaultInstance())))
                .build();
    }
}
