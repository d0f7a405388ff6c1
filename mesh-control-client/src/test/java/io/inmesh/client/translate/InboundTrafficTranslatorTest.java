package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.xds.core.RuntimeFractionalPercent;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.ratelimit.LocalRateLimit;
import io.inmesh.xds.filter.ratelimit.common.LocalRateLimitDescriptor;
import io.inmesh.xds.filter.ratelimit.common.RateLimitDescriptor;
import io.inmesh.xds.route.HeaderMatcher;
import io.inmesh.xds.route.RateLimit;
import io.inmesh.xds.type.FractionalPercent;
import io.inmesh.xds.type.TokenBucket;
import io.inmesh.xds.type.matcher.RegexMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import io.inmesh.xds.type.struct.TypedStruct;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters about load as other control planes may send them; those of ours are tested against what ours sends. */
class InboundTrafficTranslatorTest {

    private static final TokenBucket TEN_PER_SECOND = TokenBucket.newBuilder()
            .setMaxTokens(20)
            .setTokensPerFill(UInt32Value.of(10))
            .setFillInterval(Duration.newBuilder().setSeconds(1))
            .build();

    private final ResourceReader reader = new ResourceReader("inbound");
    private final InboundTrafficTranslator translator = new InboundTrafficTranslator(reader);

    @Test
    void theBucketForAllIsALimitOnEverything() {
        assertThat(limits(enforced().setTokenBucket(TEN_PER_SECOND)))
                .containsExactly(new RateLimitConfig(
                        "all",
                        new Condition.Always(),
                        20,
                        10,
                        java.time.Duration.ofSeconds(1),
                        new RateLimitConfig.Bucket.Shared()));
    }

    @Test
    void aFilterThatIsNotSwitchedOnLimitsNothingAndIsNoted() {
        assertThat(limits(LocalRateLimit.newBuilder().setTokenBucket(TEN_PER_SECOND)))
                .isEmpty();
        assertThat(reader.ignored().list()).hasSize(1);
    }

    @Test
    void aDescriptionByHeadersIsACondition() {
        RateLimit.Action.Builder action = RateLimit.Action.newBuilder();
        action.getHeaderValueMatchBuilder()
                .setDescriptorValue("gold")
                .setExpectMatch(BoolValue.of(false))
                .addHeaders(header("x-tier", StringMatcher.newBuilder().setExact("gold")))
                .addHeaders(header(":path", StringMatcher.newBuilder().setPrefix("/api")));

        assertThat(limits(described("header_match", "gold", action)).get(0).match())
                .isEqualTo(new Condition.Not(new Condition.All(List.of(
                        new Condition.Header(HeaderMatch.of("x-tier", StringMatch.exact("gold"))),
                        new Condition.Path(StringMatch.prefix("/api"))))));
    }

    @ParameterizedTest
    @CsvSource({"/log\\.in(\\?.*)?, /log.in, true", "/v\\d(\\?.*)?, /v\\d, false", "(?:/a)(\\?.*)?, (?:/a), false"})
    void aPathIsTestedWithoutItsQuery(String pattern, String path, boolean exact) {
        RateLimit.Action.Builder action = RateLimit.Action.newBuilder();
        action.getHeaderValueMatchBuilder()
                .setDescriptorValue("x")
                .addHeaders(header(
                        ":path",
                        StringMatcher.newBuilder()
                                .setSafeRegex(RegexMatcher.newBuilder().setRegex(pattern))));

        assertThat(limits(described("header_match", "x", action)).get(0).match())
                .isEqualTo(new Condition.Path(exact ? StringMatch.exact(path) : StringMatch.regex(path)));
    }

    @Test
    void whatCannotBeToldExactlyMakesTheListenerInvalid() {
        refused(enforced().setTokenBucket(TokenBucket.newBuilder().setMaxTokens(5)), "token_bucket");
        refused(enforced().addDescriptors(descriptor("a", "b")), "no entry of rate_limits");
        refused(
                enforced()
                        .addDescriptors(descriptor("a", "b"))
                        .addRateLimits(RateLimit.newBuilder().addActions(RateLimit.Action.getDefaultInstance())),
                "neither generic_key nor header_value_match");
        refused(enforced().addDescriptors(descriptor("a", "b").toBuilder().addEntries(entry("c", "d"))), "must be one");
        refused(
                enforced()
                        .setTokenBucket(TEN_PER_SECOND)
                        .setAlwaysConsumeDefaultTokenBucket(BoolValue.of(false))
                        .addDescriptors(descriptor("a", "b")),
                "always_consume_default_token_bucket");
        RateLimit.Action.Builder action = RateLimit.Action.newBuilder();
        action.getHeaderValueMatchBuilder()
                .setDescriptorValue("x")
                .addHeaders(header(":path", StringMatcher.newBuilder().setExact("/only-without-query")));
        refused(described("header_match", "x", action), "a test of :path");
    }

    @Test
    void whatHasNoEffectIsNoted() {
        limits(enforced()
                .setTokenBucket(TEN_PER_SECOND)
                .setRateLimitedAsResourceExhausted(true)
                .setLocalRateLimitPerDownstreamConnection(true));
        assertThat(reader.ignored().list()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    rateLimits   | text            | is no list
                    concurrency  | text            | is no object
                    minRemaining | soon            | no time in seconds
                    minRemaining | 1e99s           | no time in seconds
                    origin       | 5               | is no text
                    """)
    void ourOwnFilterIsReadStrictly(String name, String text, String message) {
        Value value = text.equals("5")
                ? Value.newBuilder().setNumberValue(5).build()
                : Value.newBuilder().setStringValue(text).build();
        assertThatThrownBy(() -> own(Struct.newBuilder().putFields(name, value)))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(message);
    }

    @Test
    void aMemberOfOurOwnFilterThatIsNotKnownIsNoted() {
        InboundTrafficConfig traffic = own(Struct.newBuilder()
                .putFields("credits", Value.newBuilder().setBoolValue(true).build()));
        assertThat(traffic.active()).isFalse();
        assertThat(reader.ignored().list())
                .singleElement()
                .satisfies(field -> assertThat(field.toString()).contains("credits"));
    }

    @Test
    void otherFiltersAreLeftToOthers() {
        assertThat(translator.read(filter("some.filter", Struct.getDefaultInstance())))
                .isFalse();
        assertThat(translator.traffic()).isEqualTo(InboundTrafficConfig.NONE);
    }

    private void refused(LocalRateLimit.Builder filter, String message) {
        assertThatThrownBy(() -> limits(filter))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining(message);
    }

    private List<RateLimitConfig> limits(LocalRateLimit.Builder filter) {
        InboundTrafficTranslator fresh = new InboundTrafficTranslator(reader);
        assertThat(fresh.read(filter(
                        "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
                        filter.build())))
                .isTrue();
        return fresh.traffic().rateLimits();
    }

    private InboundTrafficConfig own(Struct.Builder config) {
        TypedStruct struct = TypedStruct.newBuilder()
                .setTypeUrl("type.googleapis.com/io.inmesh.filters.http.InboundTraffic")
                .setValue(config)
                .build();
        translator.read(filter("type.googleapis.com/xds.type.v3.TypedStruct", struct));
        return translator.traffic();
    }

    private static HttpFilter filter(String type, Message config) {
        return HttpFilter.newBuilder()
                .setName("f")
                .setTypedConfig(Any.newBuilder().setTypeUrl(type).setValue(config.toByteString()))
                .build();
    }

    private static LocalRateLimit.Builder described(String key, String value, RateLimit.Action.Builder action) {
        return enforced()
                .addDescriptors(descriptor(key, value))
                .addRateLimits(RateLimit.newBuilder().addActions(action));
    }

    private static LocalRateLimitDescriptor descriptor(String key, String value) {
        return LocalRateLimitDescriptor.newBuilder()
                .addEntries(entry(key, value))
                .setTokenBucket(TEN_PER_SECOND)
                .build();
    }

    private static RateLimitDescriptor.Entry entry(String key, String value) {
        return RateLimitDescriptor.Entry.newBuilder()
                .setKey(key)
                .setValue(value)
                .build();
    }

    private static HeaderMatcher header(String name, StringMatcher.Builder match) {
        return HeaderMatcher.newBuilder().setName(name).setStringMatch(match).build();
    }

    private static LocalRateLimit.Builder enforced() {
        RuntimeFractionalPercent always = RuntimeFractionalPercent.newBuilder()
                .setDefaultValue(FractionalPercent.newBuilder().setNumerator(100))
                .build();
        return LocalRateLimit.newBuilder().setFilterEnabled(always).setFilterEnforced(always);
    }
}
