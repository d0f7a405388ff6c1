package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InboundTrafficPolicyCheckTest {
    private static final SemanticValidator VALIDATOR =
            new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    rateLimits: [{tokens: 0}]                                                | IM0002 | spec.rateLimits[0].tokens
                    rateLimits: [{tokens: -5}]                                               | IM0002 | spec.rateLimits[0].tokens
                    rateLimits: [{tokens: 1000000001}]                                       | IM0002 | spec.rateLimits[0].tokens
                    rateLimits: [{tokens: 5, burst: 0}]                                      | IM0002 | spec.rateLimits[0].burst
                    rateLimits: [{tokens: 5, fillInterval: 49ms}]                            | IM0002 | spec.rateLimits[0].fillInterval
                    rateLimits: [{tokens: 5, fillInterval: soon}]                            | IM0002 | spec.rateLimits[0].fillInterval
                    rateLimits: [{tokens: 5, fillInterval: 9000h}]                           | IM0002 | spec.rateLimits[0].fillInterval
                    rateLimits: [{name: a, tokens: 5}, {name: a, tokens: 5}]                 | IM0006 | spec.rateLimits[1].name
                    rateLimits: [{name: '', tokens: 5}]                                      | IM0002 | spec.rateLimits[0].name
                    rateLimits: [{tokens: 5, match: {}}]                                     | IM0002 | spec.rateLimits[0].match
                    rateLimits: [{tokens: 5, match: {path: {}}}]                             | IM0003 | spec.rateLimits[0].match.path
                    rateLimits: [{tokens: 5, match: {path: {exact: /a, prefix: /b}}}]        | IM0003 | spec.rateLimits[0].match.path
                    rateLimits: [{tokens: 5, match: {path: {exact: a}}}]                     | IM0002 | spec.rateLimits[0].match.path.exact
                    rateLimits: [{tokens: 5, match: {path: {regex: '('}}}]                   | IM0005 | spec.rateLimits[0].match.path.regex
                    rateLimits: [{tokens: 5, match: {methods: []}}]                          | IM0002 | spec.rateLimits[0].match.methods
                    rateLimits: [{tokens: 5, match: {methods: ['G T']}}]                     | IM0002 | spec.rateLimits[0].match.methods[0]
                    rateLimits: [{tokens: 5, match: {headers: {'a b': {exact: x}}}}]         | IM0002 | spec.rateLimits[0].match.headers.a b
                    rateLimits: [{tokens: 5, match: {headers: {a: {regex: '(?=x)'}}}}]       | IM0005 | spec.rateLimits[0].match.headers.a.regex
                    rateLimits: [{tokens: 5, per: {}}]                                       | IM0003 | spec.rateLimits[0].per
                    rateLimits: [{tokens: 5, per: {header: a, sourcePrincipal: true}}]       | IM0003 | spec.rateLimits[0].per
                    rateLimits: [{tokens: 5, per: {sourcePrincipal: false}}]                 | IM0003 | spec.rateLimits[0].per
                    rateLimits: [{tokens: 5, per: {header: 'a:b'}}]                          | IM0002 | spec.rateLimits[0].per.header
                    rateLimits: [{tokens: 5, per: {header: a, maxValues: 0}}]                | IM0002 | spec.rateLimits[0].per.maxValues
                    concurrency: {minLimit: 0}                                               | IM0002 | spec.concurrency.minLimit
                    concurrency: {minLimit: 50}                                              | IM0002 | spec.concurrency
                    concurrency: {maxLimit: 10}                                              | IM0002 | spec.concurrency
                    concurrency: {latencyTolerance: 0.9}                                     | IM0002 | spec.concurrency.latencyTolerance
                    concurrency: {maxQueueWait: never}                                       | IM0002 | spec.concurrency.maxQueueWait
                    minRemaining: later                                                      | IM0002 | spec.minRemaining
                    forwarders: {}                                                           | IM0004 | spec.forwarders
                    forwarders: {hops: 0}                                                    | IM0002 | spec.forwarders.hops
                    forwarders: {hops: 33}                                                   | IM0002 | spec.forwarders.hops
                    forwarders: {hops: 1, ipBlocks: [10.0.0.0/8]}                            | IM0003 | spec.forwarders
                    forwarders: {ipBlocks: []}                                               | IM0004 | spec.forwarders
                    forwarders: {ipBlocks: [gateway]}                                        | IM0002 | spec.forwarders.ipBlocks[0]
                    forwarders: {ipBlocks: [10.0.0.0/8, '::/0']}                             | IM0002 | spec.forwarders.ipBlocks[1]
                    trustCriticality: true, minRemaining: 5ms                                | IM0001 | spec.trustCriticality
                    selector: {matchLabels: {app: a}}                                        | IM0001 | spec
                    """)
    void whatIsWrongIsNamedWithItsFieldAndARemedy(String spec, String code, String field) {
        List<Problem> problems = problems(policy("p", spec));
        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.code()).isEqualTo(code);
            assertThat(problem.fieldPath()).isEqualTo(field);
            assertThat(problem.remedy()).isNotEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    rateLimits: [{tokens: 5}]
                    rateLimits: [{tokens: 5, burst: 1, fillInterval: 50ms, match: {headers: {a: {}}}}]
                    rateLimits: [{tokens: 5, match: {methods: [GET, PROPFIND]}, per: {sourcePrincipal: true, maxValues: 9}}]
                    concurrency: {}, trustCriticality: true
                    concurrency: {initialLimit: 7, minLimit: 7, maxLimit: 7, maxQueueWait: 0s}
                    minRemaining: 5ms
                    forwarders: {hops: 2}
                    forwarders: {ipBlocks: [10.0.0.5, 'fd00::/8']}
                    """)
    void whatIsRightHasNoProblems(String spec) {
        assertThat(problems(policy("p", spec))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
                    -                                            | -                                    | true
                    -                                            | selector: {matchLabels: {app: a}}    | false
                    selector: {matchLabels: {app: a}}            | selector: {matchLabels: {app: a}}    | true
                    selector: {matchLabels: {app: a}}            | selector: {matchLabels: {app: b}}    | false
                    selector: {matchLabels: {app: a}}            | selector: {matchLabels: {tier: x}}   | true
                    """)
    void twoForTheSameWorkloadsAreReported(String mine, String theirs, boolean conflict) {
        List<Problem> problems = problems(policy("b", with(mine)), policy("a", with(theirs)));
        assertThat(problems.stream().anyMatch(p -> p.code().equals(Check.POLICY_CONFLICT.code())))
                .isEqualTo(conflict);
        if (conflict) {
            assertThat(problems.get(0).message()).contains("only").contains("/a is obeyed");
        }
    }

    @Test
    void aPolicyOfAnotherNamespaceIsNoConflict() {
        String elsewhere = policy("a", "minRemaining: 5ms").replace("name: a", "name: a, namespace: other");
        assertThat(problems(policy("b", "minRemaining: 5ms"), elsewhere)).isEmpty();
    }

    private static String with(String selector) {
        return "minRemaining: 5ms" + (selector == null ? "" : ", " + selector);
    }

    private static List<Problem> problems(String candidate, String... others) {
        ConfigView view = Config.view(candidate + "\n---\n" + String.join("\n---\n", others));
        String name = candidate.contains("name: b") ? "b" : "p";
        Resource resource = view.byKind("InboundTrafficPolicy").stream()
                .filter(r -> r.key().name().equals(name))
                .findFirst()
                .orElseThrow();
        return VALIDATOR.validate(resource, view);
    }

    private static String policy(String name, String spec) {
        return "apiVersion: inmesh.io/v1alpha1\nkind: InboundTrafficPolicy\nmetadata: {name: " + name + "}\nspec: {"
                + spec + "}\n";
    }
}
