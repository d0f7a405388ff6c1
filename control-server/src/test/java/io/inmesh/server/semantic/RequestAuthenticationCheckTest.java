package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.IssuerKeys;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with rules about tokens, and what is told without refusing them. */
class RequestAuthenticationCheckTest {

    private static final RuleSettings SETTINGS = RuleSettings.forTrustDomain("inmesh.local")
            .knowing(new IssuerKeys(List.of("https://good.example/", "https://tenants.example/a"), Map.of()));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "issuer: '' | IM0004 spec.jwtRules[0].issuer",
                "issuer: i, jwks: '{}' | IM0002 spec.jwtRules[0].jwks",
                "issuer: i, jwks: 'x' | IM0002 spec.jwtRules[0].jwks",
                "issuer: i, jwks: '{\"keys\":[],\"keys\":[]}' | IM0002 spec.jwtRules[0].jwks",
                "issuer: i, jwks: '{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}' | IM0002 spec.jwtRules[0].jwks",
                "issuer: i, jwks: '{\"keys\":[{\"kty\":\"EC\",\"d\":\"AA\"}]}' | IM0002 spec.jwtRules[0].jwks",
                "issuer: i, jwks: '{\"keys\":[]}' | IM0406 spec.jwtRules[0].jwks",
                "issuer: i, jwksUri: 'ftp://a/b' | IM0002 spec.jwtRules[0].jwksUri",
                "issuer: i, jwksUri: 'https://bad.example/k' | IM0406 spec.jwtRules[0].jwksUri",
                "issuer: i, jwks_uri: 'https://bad.example/k' | IM0406 spec.jwtRules[0].jwks_uri",
                "issuer: 'https://bad.example' | IM0406 spec.jwtRules[0].issuer",
                "issuer: somebody | IM0406 spec.jwtRules[0].issuer",
                "issuer: i, jwksUri: 'https://good.example/k', fromHeaders: [{name: ''}] | IM0004 spec.jwtRules[0].fromHeaders[0].name",
                "issuer: i, jwksUri: 'https://good.example/k', fromHeaders: [{name: 'a b'}] | IM0002 spec.jwtRules[0].fromHeaders[0].name",
                "issuer: i, jwksUri: 'https://good.example/k', outputPayloadToHeader: Host | IM0002 spec.jwtRules[0].outputPayloadToHeader",
                "issuer: i, jwksUri: 'https://good.example/k', timeout: 1s | IM0001 spec.jwtRules[0].timeout",
                "issuer: i, jwksUri: 'https://good.example/k', fromParams: [''] | IM0004 spec.jwtRules[0].fromParams[0]"
            })
    void problemsAreNamed(String rule, String expected) {
        assertThat(problems(rule)).containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "issuer: 'https://good.example'",
                "issuer: i, jwksUri: 'https://GOOD.example:443/k?x=y'",
                "issuer: i, jwksUri: 'https://tenants.example/a/keys'",
                "issuer: i, jwks: '{\"keys\":[{\"kty\":\"EC\"}]}'"
            })
    void soundRulesHaveNoProblem(String rule) {
        assertThat(problems(rule)).isEmpty();
    }

    /** CVE-2026-41413: an address in a resource must not have the server ask whatever its author likes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://good.example/k",
                "https://good.example:8443/k",
                "https://good.example.evil.example/k",
                "https://good.example@evil.example/k",
                "https://evil.example/https://good.example/k",
                "https://tenants.example/ab",
                "https://tenants.example/a/../b",
                "https://tenants.example/a/%2e%2e/b",
                "https://169.254.169.254/latest/meta-data",
                "https://good.example#@evil.example/"
            })
    void addressesBesideTheAllowedOnesAreNotAsked(String url) {
        assertThat(problems("issuer: i, jwksUri: '" + url + "'")).containsExactly("IM0406 spec.jwtRules[0].jwksUri");
    }

    private static List<String> problems(String rule) {
        ConfigView view = Config.view("{apiVersion: security.istio.io/v1, kind: RequestAuthentication, "
                + "metadata: {name: x}, spec: {jwtRules: [{" + rule + "}]}}");
        Resource resource = view.byKind("RequestAuthentication").get(0);
        return new SemanticValidator(SETTINGS)
                .validate(resource, view).stream()
                        .map(problem -> problem.code() + " " + problem.fieldPath())
                        .toList();
    }
}
