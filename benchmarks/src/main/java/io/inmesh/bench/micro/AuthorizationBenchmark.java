package io.inmesh.bench.micro;

import io.inmesh.authz.Authorizer;
import io.inmesh.authz.Decision;
import io.inmesh.authz.RequestFacts;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeCall;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Who may call: one decision, facts of the request included. As many DENY policies as ALLOW ones; none of the former matches and only the
 * last of the latter does, so nothing ends early.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AuthorizationBenchmark {

    /** Measures a decision. */
    @Benchmark
    public Decision decide(Policies scene) {
        return scene.authorizer.decide(new RequestFacts(scene.call, scene.call.path()));
    }

    /** What the policies are about; each as the control server translates it. */
    public enum About {
        /** One service account each. */
        PRINCIPAL {
            @Override
            Condition condition(int number) {
                return new Condition.Principal(StringMatch.exact(peer(number).toString()));
            }
        },
        /** A namespace of callers each, which is a wildcard over identities. */
        NAMESPACE {
            @Override
            Condition condition(int number) {
                return new Condition.Principal(StringMatch.regex(".*/ns/\\Qteam-" + number + "\\E/.*"));
            }
        },
        /** A prefix of paths each. */
        PATH {
            @Override
            Condition condition(int number) {
                return new Condition.Path(StringMatch.prefix("/api/v" + number + "/"));
            }
        },
        /** A template of paths each. */
        TEMPLATE {
            @Override
            Condition condition(int number) {
                return new Condition.PathTemplate("/api/v" + number + "/{*}/items/{**}");
            }
        },
        /** A value of one header each. */
        HEADER {
            @Override
            Condition condition(int number) {
                return new Condition.Header(
                        new HeaderMatch("x-team", StringMatch.exact("team-" + number), false, false));
            }
        };

        abstract Condition condition(int number);

        static SpiffeId peer(int number) {
            return SpiffeId.of("inmesh.local", "team-" + number, "service-" + number);
        }
    }

    /** Policies, and a request that only the last of them allows. */
    @State(Scope.Benchmark)
    public static class Policies {
        @Param
        private About about = About.PRINCIPAL;

        @Param({"1", "10", "100", "1000"})
        private int count;

        private Authorizer authorizer = Authorizer.NONE;
        private FakeCall call = FakeCall.get("/");

        /** Compiles them. */
        @Setup
        public void compile() {
            int last = count - 1;
            authorizer = Authorizer.compile(
                    List.of(set(Action.DENY, count), set(Action.ALLOW, 0)), (policy, field, message, remedy) -> {
                        throw new IllegalStateException(policy + ": " + message);
                    });
            call = FakeCall.get("/api/v" + last + "/shop/items/7")
                    .header("accept", "application/json")
                    .header("x-team", "team-" + last)
                    .peer(About.peer(last));
        }

        private AuthorizationConfig set(Action action, int first) {
            List<Policy> policies = IntStream.range(first, first + count)
                    .mapToObj(number -> new Policy(
                            "ns[a]-policy[p" + number + "]-rule[0]",
                            new Condition.All(List.of(
                                    new Condition.AnyOf(List.of(new Condition.All(
                                            List.of(new Condition.AnyOf(List.of(about.condition(number))))))),
                                    new Condition.AnyOf(List.of(new Condition.Always()))))))
                    .toList();
            return new AuthorizationConfig(action, policies);
        }
    }
}
