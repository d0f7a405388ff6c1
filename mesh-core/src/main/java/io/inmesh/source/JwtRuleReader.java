package io.inmesh.source;

import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.JwtRuleConfig.ClaimHeader;
import io.inmesh.config.JwtRuleConfig.HeaderLocation;
import io.inmesh.config.JwtRuleConfig.Locations;
import java.util.Locale;

/** Reads {@code inbound.jwtRules}, which are written as in Istio, with the keys themselves under {@code jwks}. */
final class JwtRuleReader {

    private JwtRuleReader() {}

    static JwtRuleConfig read(Section rule) {
        return new JwtRuleConfig(
                rule.required("issuer"),
                rule.texts("audiences"),
                rule.required("jwks"),
                locations(rule),
                rule.flag("forwardOriginalToken", false),
                rule.text("outputPayloadToHeader", "").toLowerCase(Locale.ROOT),
                MeshConfigYaml.all(rule.list("outputClaimToHeaders"), JwtRuleReader::claimHeader),
                rule.texts("spaceDelimitedClaims"));
    }

    private static Locations locations(Section rule) {
        Locations locations = new Locations(
                MeshConfigYaml.all(rule.list("fromHeaders"), JwtRuleReader::header),
                rule.texts("fromParams"),
                rule.texts("fromCookies"));
        boolean none = locations.headers().isEmpty()
                && locations.params().isEmpty()
                && locations.cookies().isEmpty();
        return none ? Locations.DEFAULT : locations;
    }

    private static HeaderLocation header(Section header) {
        return new HeaderLocation(header.required("name").toLowerCase(Locale.ROOT), header.text("prefix", ""));
    }

    private static ClaimHeader claimHeader(Section shown) {
        return new ClaimHeader(shown.required("header").toLowerCase(Locale.ROOT), shown.required("claim"));
    }
}
