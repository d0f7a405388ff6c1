package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.UnknownFieldSet;
import io.inmesh.config.Condition;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.filter.jwt.JwtAuthentication;
import io.inmesh.xds.filter.jwt.JwtProvider;
import io.inmesh.xds.filter.jwt.JwtRequirement;
import io.inmesh.xds.filter.jwt.JwtRequirementAndList;
import io.inmesh.xds.filter.jwt.JwtRequirementOrList;
import io.inmesh.xds.filter.jwt.RequirementRule;
import io.inmesh.xds.route.RouteMatch;
import io.inmesh.xds.type.matcher.ListMatcher;
import io.inmesh.xds.type.matcher.MetadataMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import io.inmesh.xds.type.matcher.ValueMatcher;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Filters for tokens as other control planes may send them: what is understood, and that anything else is refused whole. */
class JwtTranslatorTest {

    private final ResourceReader reader = new ResourceReader("inbound");

    @Test
    void oneProviderOfWhichATokenMayBeMissing() {
        JwtAuthentication filter =
                filter(optional("a")).putProviders("a", provider().build()).build();
        assertThat(rules(filter)).containsExactly(new JwtRuleConfig("issuer", "{\"keys\":[]}"));
    }

    @Test
    void severalProvidersAsIstioWritesThem() {
        JwtAuthentication filter = filter(any(named("a"), named("b"), all(optional("a"), optional("b"))))
                .putProviders("a", provider().build())
                .putProviders("b", provider().setIssuer("other").build())
                .build();
        assertThat(rules(filter)).extracting(JwtRuleConfig::issuer).containsExactly("issuer", "other");
    }

    @Test
    void otherRequirementsAreRefused() {
        JwtRequirement failed = JwtRequirement.newBuilder()
                .setAllowMissingOrFailed(Empty.getDefaultInstance())
                .build();
        for (JwtRequirement requirement : List.of(
                named("a"),
                failed,
                any(named("a"), failed),
                all(optional("a"), optional("b")),
                any(named("a"), all(optional("a"), named("b"))),
                any(named("a"), optional("b")),
                JwtRequirement.getDefaultInstance())) {
            refused(
                    filter(requirement)
                            .putProviders("a", provider().build())
                            .putProviders("b", provider().build()),
                    "requires");
        }
        refused(filter(optional("a")).putProviders("b", provider().build()), "requires");
    }

    @Test
    void rulesForPartsOfTheRequestsAreRefused() {
        JwtAuthentication.Builder filter =
                filter(optional("a")).putProviders("a", provider().build());
        filter.getRulesBuilder(0).setMatch(RouteMatch.newBuilder().setPrefix("/open"));
        refused(filter, "rules");
        refused(filter(optional("a")).clearRules().putProviders("a", provider().build()), "rules");
    }

    @Test
    void whatWouldMeanLessThanItSaysIsRefused() {
        refused(one(provider().setLocalJwks(DataSource.newBuilder().setFilename("/keys"))), "local_jwks");
        refused(one(provider().clearLocalJwks()), "local_jwks");
        refused(one(provider().setIssuer("")), "issuer");
        refused(one(provider().setClockSkewSeconds(5)), "clock_skew_seconds");
        refused(one(provider().setPayloadInMetadata("x")), "payload_in_metadata");
        refused(one(provider().setPadForwardPayloadHeader(true)), "pad_forward_payload_header");
        refused(one(provider()).setBypassCorsPreflight(false), "bypass_cors_preflight");
    }

    @Test
    void fieldThatThisClientDoesNotKnowIsRefusedSinceItCouldAskMore() {
        JwtProvider subjects = provider()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                20,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        JwtAuthentication filter =
                filter(optional("a")).putProviders("a", subjects).build();
        assertThatThrownBy(() -> reader.unpack("filter", Any.pack(filter), JwtAuthentication.parser()))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("20");
    }

    @Test
    void claimsAreTextsOrElementsOfLists() {
        ValueMatcher text = ValueMatcher.newBuilder()
                .setStringMatch(StringMatcher.newBuilder().setExact("x"))
                .build();
        assertThat(claim(metadata("payload", "a", "b").setValue(text)))
                .isEqualTo(new Condition.Claim(List.of("a", "b"), StringMatch.exact("x"), false));
        ValueMatcher list = ValueMatcher.newBuilder()
                .setListMatch(ListMatcher.newBuilder().setOneOf(text))
                .build();
        assertThat(claim(metadata("payload", "a").setValue(list).setInvert(true)))
                .isEqualTo(new Condition.Not(new Condition.Claim(List.of("a"), StringMatch.exact("x"), true)));
    }

    @Test
    void otherMetadataAreRefused() {
        ValueMatcher present = ValueMatcher.newBuilder().setPresentMatch(true).build();
        for (MetadataMatcher.Builder matcher : List.of(
                metadata("payload", "a").setValue(present),
                metadata("payload"),
                metadata("header", "alg"),
                metadata("payload", "a").setFilter("other"))) {
            assertThatThrownBy(() -> claim(matcher))
                    .isInstanceOf(InvalidResourceException.class)
                    .hasMessageContaining("metadata");
        }
    }

    private Condition claim(MetadataMatcher.Builder matcher) {
        return new ClaimTranslator(reader, new Matchers(reader)).translate("f", matcher.build());
    }

    private static MetadataMatcher.Builder metadata(String... path) {
        MetadataMatcher.Builder matcher = MetadataMatcher.newBuilder().setFilter("envoy.filters.http.jwt_authn");
        for (String key : path) {
            matcher.addPath(MetadataMatcher.PathSegment.newBuilder().setKey(key));
        }
        return matcher;
    }

    private List<JwtRuleConfig> rules(JwtAuthentication filter) {
        return new JwtTranslator(reader).translate("filter", filter);
    }

    private void refused(JwtAuthentication.Builder filter, String field) {
        assertThatThrownBy(() -> rules(filter.build()))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining(field);
    }

    private static JwtAuthentication.Builder one(JwtProvider.Builder provider) {
        return filter(optional("a")).putProviders("a", provider.build());
    }

    private static JwtAuthentication.Builder filter(JwtRequirement requirement) {
        return JwtAuthentication.newBuilder()
                .setBypassCorsPreflight(true)
                .addRules(RequirementRule.newBuilder()
                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                        .setRequires(requirement));
    }

    private static JwtProvider.Builder provider() {
        return JwtProvider.newBuilder()
                .setIssuer("issuer")
                .setPayloadInMetadata("payload")
                .setLocalJwks(DataSource.newBuilder().setInlineString("{\"keys\":[]}"));
    }

    private static JwtRequirement named(String name) {
        return JwtRequirement.newBuilder().setProviderName(name).build();
    }

    private static JwtRequirement optional(String name) {
        return any(
                named(name),
                JwtRequirement.newBuilder()
                        .setAllowMissing(Empty.getDefaultInstance())
                        .build());
    }

    private static JwtRequirement any(JwtRequirement... parts) {
        return JwtRequirement.newBuilder()
                .setRequiresAny(JwtRequirementOrList.newBuilder().addAllRequirements(List.of(parts)))
                .build();
    }

    private static JwtRequirement all(JwtRequirement... parts) {
        return JwtRequirement.newBuilder()
                .setRequiresAll(JwtRequirementAndList.newBuilder().addAllRequirements(List.of(parts)))
                .build();
    }
}
