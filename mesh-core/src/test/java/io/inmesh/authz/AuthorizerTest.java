package io.inmesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizerTest {

    private static final SpiffeId PRODUCTPAGE = SpiffeId.of("inmesh.local", "default", "productpage");
    private static final SpiffeId RATINGS = SpiffeId.of("inmesh.local", "default", "ratings");
    private static final Condition FROM_PRODUCTPAGE =
            new Condition.Principal(StringMatch.exact(PRODUCTPAGE.toString()));

    @Test
    void allowsEverythingWithoutPolicies() {
        assertThat(Authorizer.NONE.decide(facts(FakeCall.get("/"))).allowed()).isTrue();
    }

    @Test
    void refusesEverythingWhereAnAllowSetIsEmpty() {
        Decision decision = authorizer(allow()).decide(facts(FakeCall.get("/").peer(PRODUCTPAGE)));
        assertThat(decision.allowed()).isFalse();
        assertThat(decision.action()).isEqualTo(Action.ALLOW);
        assertThat(decision.policy()).isNull();
    }

    @Test
    void allowsWhatOnePolicyAllowsAndNamesIt() {
        Authorizer authorizer =
                authorizer(allow(policy("never", new Condition.AnyOf(List.of())), policy("viewer", FROM_PRODUCTPAGE)));
        Decision allowed = authorizer.decide(facts(FakeCall.get("/").peer(PRODUCTPAGE)));
        assertThat(allowed.allowed()).isTrue();
        assertThat(allowed.policy()).isEqualTo("viewer");
        assertThat(authorizer.decide(facts(FakeCall.get("/").peer(RATINGS))).allowed())
                .isFalse();
    }

    @Test
    void deniesBeforeItAllowsWhateverTheOrderOfSets() {
        Condition admin = new Condition.Path(StringMatch.prefix("/admin"));
        Authorizer authorizer =
                authorizer(allow(policy("all", new Condition.Always())), deny(policy("no-admin", admin)));
        Decision decision = authorizer.decide(facts(FakeCall.get("/admin/x").peer(PRODUCTPAGE)));
        assertThat(decision.allowed()).isFalse();
        assertThat(decision.policy()).isEqualTo("no-admin");
        assertThat(decision.reason()).contains("denied by DENY policy \"no-admin\"");
        assertThat(authorizer.decide(facts(FakeCall.get("/other"))).allowed()).isTrue();
    }

    @Test
    void everyAllowSetMustAgree() {
        Authorizer authorizer =
                authorizer(allow(policy("a", FROM_PRODUCTPAGE)), allow(policy("b", method(StringMatch.exact("GET")))));
        assertThat(authorizer.decide(facts(FakeCall.get("/").peer(PRODUCTPAGE))).allowed())
                .isTrue();
        assertThat(authorizer
                        .decide(facts(FakeCall.get("/").method("POST").peer(PRODUCTPAGE)))
                        .allowed())
                .isFalse();
    }

    @Test
    void evaluatesDenyForPeersWithoutIdentity() {
        Condition notProductpage = new Condition.Not(FROM_PRODUCTPAGE);
        Authorizer authorizer = authorizer(deny(policy("strangers", notProductpage)));
        assertThat(authorizer.decide(facts(FakeCall.get("/"))).allowed()).isFalse();
        assertThat(authorizer.decide(facts(FakeCall.get("/").peer(PRODUCTPAGE))).allowed())
                .isTrue();
    }

    @Test
    void principalsNeverMatchWithoutIdentity() {
        Authorizer authorizer = authorizer(allow(policy("anybody", new Condition.Principal(StringMatch.present()))));
        assertThat(authorizer.decide(facts(FakeCall.get("/").overTls())).allowed())
                .isFalse();
        assertThat(authorizer.decide(facts(FakeCall.get("/").peer(RATINGS))).allowed())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // values of the header, allowed by an ALLOW of "good", denied by a DENY of "bad"
        "good, true, false",
        "good|good, true, false",
        "good|bad, false, true",
        "bad|good, false, true",
        "bad, false, true",
        "'', false, false",
    })
    void aRepeatedHeaderCannotHideABadValueBehindAGoodOne(String values, boolean allowed, boolean denied) {
        FakeCall call = FakeCall.get("/");
        Arrays.stream(values.split("\\|")).filter(value -> !value.isEmpty()).forEach(value -> call.header("x", value));
        Authorizer allow = authorizer(allow(policy("p", header("x", StringMatch.exact("good"), false))));
        assertThat(allow.decide(facts(call)).allowed()).isEqualTo(allowed);
        Authorizer deny = authorizer(deny(policy("p", header("x", StringMatch.exact("bad"), false))));
        assertThat(deny.decide(facts(call)).allowed()).isEqualTo(!denied);
    }

    @ParameterizedTest
    @CsvSource({
        // values, allowed by ALLOW of "not bad", denied by DENY of "not good"
        "good, true, false",
        "good|bad, false, true",
        "bad|good, false, true",
        "good|good, true, false",
        "'', true, true",
    })
    void negationTurnsTheRuleForRepeatedHeadersAround(String values, boolean allowed, boolean denied) {
        FakeCall call = FakeCall.get("/");
        Arrays.stream(values.split("\\|")).filter(value -> !value.isEmpty()).forEach(value -> call.header("x", value));
        for (boolean inverted : new boolean[] {true, false}) {
            Authorizer allow = authorizer(allow(policy("p", not("x", "bad", inverted))));
            assertThat(allow.decide(facts(call)).allowed()).isEqualTo(allowed);
            Authorizer deny = authorizer(deny(policy("p", not("x", "good", inverted))));
            assertThat(deny.decide(facts(call)).allowed()).isEqualTo(!denied);
        }
    }

    @Test
    void eachValueOfARepeatedHeaderMayBeAnotherOfThoseListed() {
        Condition listed = new Condition.AnyOf(
                List.of(header("x", StringMatch.exact("a"), false), header("X", StringMatch.exact("b"), false)));
        FakeCall both = FakeCall.get("/").header("x", "a").header("x", "b");
        FakeCall other = FakeCall.get("/").header("x", "a").header("x", "c");
        Authorizer allow = authorizer(allow(policy("p", listed)));
        assertThat(allow.decide(facts(both)).allowed()).isTrue();
        assertThat(allow.decide(facts(other)).allowed()).isFalse();
        Authorizer deny = authorizer(deny(policy("p", new Condition.Not(listed))));
        assertThat(deny.decide(facts(both)).allowed()).isTrue();
        assertThat(deny.decide(facts(other)).allowed()).isFalse();
    }

    @Test
    void aPrincipalThatNobodyCanHaveCostsNoOtherPolicy() {
        Condition nobody = new Condition.Principal(StringMatch.exact("spiffe://Not/a valid one"));
        Authorizer authorizer = authorizer(deny(policy("typo", nobody), policy("other", FROM_PRODUCTPAGE)));
        assertThat(authorizer.decide(facts(FakeCall.get("/").peer(PRODUCTPAGE))).policy())
                .isEqualTo("other");
        assertThat(authorizer.decide(facts(FakeCall.get("/").peer(RATINGS))).allowed())
                .isTrue();
    }

    @Test
    void anAbsentHeaderIsEmptyOnlyWhereThePolicySaysSo() {
        Condition empty = new Condition.Header(new HeaderMatch("x", StringMatch.exact(""), false, true));
        assertThat(authorizer(deny(policy("p", empty)))
                        .decide(facts(FakeCall.get("/")))
                        .allowed())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reviews.example", "Reviews.Example", "reviews.example:9080"})
    void hostsMatchWithoutCasePortOrTrailingDot(String policyHost) {
        Authorizer authorizer =
                authorizer(deny(policy("host", header(":authority", StringMatch.exact(policyHost), false))));
        assertThat(authorizer
                        .decide(facts(FakeCall.get("/").to("reviews.example", 9080)))
                        .allowed())
                .isFalse();
        assertThat(authorizer
                        .decide(facts(FakeCall.get("/").to("reviews.example.", 9080)))
                        .allowed())
                .isFalse();
        assertThat(authorizer
                        .decide(facts(FakeCall.get("/").to("other.example", 9080)))
                        .allowed())
                .isTrue();
    }

    @Test
    void testsAddressesPortsAndServerNames() {
        Condition all = new Condition.All(List.of(
                new Condition.SourceIp(new Condition.Cidr("10.1.0.0", 16)),
                new Condition.DestinationIp(new Condition.Cidr("fd00::", 8)),
                new Condition.DestinationPort(8080),
                new Condition.RequestedServerName(StringMatch.suffix(".local")),
                new Condition.Authenticated(),
                new Condition.PathTemplate("/a/{*}")));
        FakeCall call = FakeCall.get("/a/b")
                .from("10.1.2.3")
                .at("fd00::1", 8080)
                .requestedServerName("reviews.local")
                .peer(RATINGS);
        assertThat(authorizer(allow(policy("p", all))).decide(facts(call)).allowed())
                .isTrue();
        assertThat(authorizer(allow(policy("p", all)))
                        .decide(facts(call.from("10.2.0.1")))
                        .allowed())
                .isFalse();
    }

    @Test
    void reportsEveryPolicyThatCannotBeEnforced() {
        List<String> problems = new ArrayList<>();
        Authorizer.compile(
                List.of(deny(
                        policy("regex", new Condition.Path(StringMatch.regex("("))),
                        policy("cidr", new Condition.SourceIp(new Condition.Cidr("example.com", 8))),
                        policy("prefix", new Condition.SourceIp(new Condition.Cidr("10.0.0.0", 33))),
                        policy("principal", new Condition.Principal(StringMatch.exact("cluster.local/ns/a/sa/b"))),
                        policy("pseudo", header(":path", StringMatch.present(), false)),
                        policy("claimed", header("X-Forwarded-Client-Cert", StringMatch.present(), false)))),
                (resource, field, message, remedy) -> problems.add(resource + " " + field));
        assertThat(problems)
                .containsExactly(
                        "regex Path",
                        "cidr SourceIp",
                        "prefix SourceIp",
                        "principal Principal",
                        "pseudo Header",
                        "claimed Header");
    }

    @Test
    void decidesAboutAHundredPoliciesWithoutAllocation() {
        Policy[] policies = new Policy[100];
        for (int i = 0; i < policies.length; i++) {
            policies[i] = policy(
                    "p" + i,
                    new Condition.All(List.of(
                            new Condition.Principal(StringMatch.exact("spiffe://inmesh.local/ns/default/sa/s" + i)),
                            new Condition.Path(StringMatch.prefix("/v" + i)))));
        }
        Authorizer authorizer = authorizer(deny(policies), allow(policies));
        RequestFacts facts = facts(FakeCall.get("/v1").peer(PRODUCTPAGE));
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        // Class loading and compilation allocate on this thread now and then, so the best round counts.
        for (int round = 0; round < 50 && allocated > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                authorizer.decide(facts);
            }
            allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(allocated / 100).isZero();
    }

    private static Condition not(String name, String value, boolean inverted) {
        return inverted
                ? header(name, StringMatch.exact(value), true)
                : new Condition.Not(header(name, StringMatch.exact(value), false));
    }

    private static Condition header(String name, StringMatch match, boolean invert) {
        return new Condition.Header(new HeaderMatch(name, match, invert, false));
    }

    private static Condition method(StringMatch match) {
        return header(":method", match, false);
    }

    private static RequestFacts facts(FakeCall call) {
        return new RequestFacts(call, call.path());
    }

    private static Policy policy(String name, Condition condition) {
        return new Policy(name, condition);
    }

    private static AuthorizationConfig allow(Policy... policies) {
        return new AuthorizationConfig(Action.ALLOW, List.of(policies));
    }

    private static AuthorizationConfig deny(Policy... policies) {
        return new AuthorizationConfig(Action.DENY, List.of(policies));
    }

    private static Authorizer authorizer(AuthorizationConfig... configs) {
        return Authorizer.compile(List.of(configs), (resource, field, message, remedy) -> {
            throw new AssertionError(resource + " " + field + ": " + message);
        });
    }
}
