package io.inmesh.client.translate;

import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.JwtRuleConfig.ClaimHeader;
import io.inmesh.config.JwtRuleConfig.HeaderLocation;
import io.inmesh.config.JwtRuleConfig.Locations;
import io.inmesh.xds.filter.jwt.JwtAuthentication;
import io.inmesh.xds.filter.jwt.JwtProvider;
import io.inmesh.xds.filter.jwt.JwtRequirement;
import io.inmesh.xds.route.RouteMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rules about tokens. Two requirements are known, those that Istio writes: for one provider "its token, or none"; for several "a token of
 * any, or each one's token or none". Our meaning of them is stricter in one point: a token that is there has to be valid, wherever it is.
 * Every other filter makes the whole resource invalid.
 */
final class JwtTranslator {

    private static final RouteMatch EVERYTHING =
            RouteMatch.newBuilder().setPrefix("/").build();
    /** Where conditions of policies look for claims. */
    static final String PAYLOAD = "payload";

    private static final int USUAL_SKEW_SECONDS = 60;

    private final ResourceReader reader;

    JwtTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    List<JwtRuleConfig> translate(String place, JwtAuthentication filter) {
        if (filter.getRulesCount() != 1 || !filter.getRules(0).getMatch().equals(EVERYTHING)) {
            throw reader.invalid(place + ".rules", "must be one rule for the prefix \"/\"");
        }
        if (!filter.getBypassCorsPreflight()) {
            throw reader.invalid(place + ".bypass_cors_preflight", "must be true: preflights are never refused here");
        }
        Set<String> required = providersOf(filter.getRules(0).getRequires());
        if (required == null || !required.equals(filter.getProvidersMap().keySet())) {
            throw reader.invalid(
                    place + ".rules[0].requires",
                    "must be a token of any provider, or none; nothing else is enforced here");
        }
        List<JwtRuleConfig> rules = new ArrayList<>();
        new TreeMap<>(filter.getProvidersMap())
                .forEach((name, provider) -> rules.add(rule(place + ".providers[" + name + "]", provider)));
        return rules;
    }

    /** {@return the providers of a requirement of one of the two kinds, null if it is of another} */
    private static @Nullable Set<String> providersOf(JwtRequirement requirement) {
        String one = optional(requirement);
        if (one != null) {
            return Set.of(one);
        }
        List<JwtRequirement> any = requirement.getRequiresAny().getRequirementsList();
        if (any.size() < 2) {
            return null;
        }
        Set<String> alone = new HashSet<>();
        for (JwtRequirement provider : any.subList(0, any.size() - 1)) {
            if (!provider.hasProviderName()) {
                return null;
            }
            alone.add(provider.getProviderName());
        }
        Set<String> together = new HashSet<>();
        for (JwtRequirement part : any.get(any.size() - 1).getRequiresAll().getRequirementsList()) {
            String name = optional(part);
            if (name == null) {
                return null;
            }
            together.add(name);
        }
        return alone.equals(together) ? alone : null;
    }

    /** {@return the provider if a requirement is "its token, or none", else null} */
    private static @Nullable String optional(JwtRequirement requirement) {
        List<JwtRequirement> parts = requirement.getRequiresAny().getRequirementsList();
        return parts.size() == 2
                        && parts.get(0).hasProviderName()
                        && parts.get(1).hasAllowMissing()
                ? parts.get(0).getProviderName()
                : null;
    }

    private JwtRuleConfig rule(String place, JwtProvider provider) {
        if (provider.getIssuer().isEmpty()) {
            throw reader.invalid(place + ".issuer", "is empty; name the issuer");
        }
        if (!provider.getLocalJwks().hasInlineString()) {
            throw reader.invalid(place + ".local_jwks", "must be inline: processes of the mesh fetch no keys");
        }
        if (!provider.getPayloadInMetadata().equals(PAYLOAD)) {
            throw reader.invalid(place + ".payload_in_metadata", "must be \"" + PAYLOAD + "\"");
        }
        if (provider.getPadForwardPayloadHeader()) {
            throw reader.invalid(place + ".pad_forward_payload_header", "is not supported; payloads have no padding");
        }
        int skew = provider.getClockSkewSeconds();
        if (skew != 0 && skew != USUAL_SKEW_SECONDS) {
            throw reader.invalid(place + ".clock_skew_seconds", "must be " + USUAL_SKEW_SECONDS + ", not " + skew);
        }
        return new JwtRuleConfig(
                provider.getIssuer(),
                provider.getAudiencesList(),
                provider.getLocalJwks().getInlineString(),
                locations(provider),
                provider.getForward(),
                lower(provider.getForwardPayloadHeader()),
                provider.getClaimToHeadersList().stream()
                        .map(shown -> new ClaimHeader(lower(shown.getHeaderName()), shown.getClaimName()))
                        .toList(),
                provider.getNormalizePayloadInMetadata().getSpaceDelimitedClaimsList());
    }

    private static Locations locations(JwtProvider provider) {
        if (provider.getFromHeadersCount() + provider.getFromParamsCount() + provider.getFromCookiesCount() == 0) {
            return Locations.DEFAULT;
        }
        return new Locations(
                provider.getFromHeadersList().stream()
                        .map(header -> new HeaderLocation(lower(header.getName()), header.getValuePrefix()))
                        .toList(),
                provider.getFromParamsList(),
                provider.getFromCookiesList());
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
