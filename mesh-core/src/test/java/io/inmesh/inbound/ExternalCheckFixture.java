package io.inmesh.inbound;

import io.inmesh.authz.Decision;
import io.inmesh.authz.ExternalDecision;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.StringMatch;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.external.ExternalCheck;
import io.inmesh.live.LiveRequests;
import io.inmesh.observe.InboundObserver;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A gate whose policies ask an authorizer that answers as a test says, in virtual time. */
abstract class ExternalCheckFixture {

    static final Duration TIMEOUT = Duration.ofMillis(600);
    final FakeClock clock = new FakeClock();
    final FakeScheduler scheduler = new FakeScheduler(clock);
    final Outside outside = new Outside();
    final List<String> ends = new ArrayList<>();
    final List<ExternalDecision> checked = new ArrayList<>();
    Runnable whileDeciding = () -> {};
    final InboundGate gate = new InboundGate(clock, new Ends(), outside, scheduler, LiveRequests.OFF);

    static InboundPolicy policy(boolean failOpen, AuthorizationConfig... sets) {
        return policy(failOpen, StringMatch.exact("/guarded"), sets);
    }

    static InboundPolicy policy(boolean failOpen, StringMatch path, AuthorizationConfig... sets) {
        ExternalAuthorizerConfig opa = new ExternalAuthorizerConfig("opa", "opa", 9191, TIMEOUT, failOpen, 503);
        Condition guarded = new Condition.Path(path);
        return InboundPolicy.compile(
                new InboundConfig(Mtls.PERMISSIVE, List.of(sets), "")
                        .withExternal(
                                new ExternalAuthorizationConfig(opa, List.of(new Policy("ns[a]-policy[b]", guarded)))),
                null,
                new FakeClock(),
                (policy, field, message, remedy) -> {
                    throw new AssertionError(message);
                });
    }

    /** An authorizer that answers when a test says so. */
    static final class Outside implements ExternalAuthorizer {
        final List<ExternalCheck> checks = new ArrayList<>();
        private Consumer<ExternalAnswer> told = answer -> {};
        boolean cancelled;
        boolean broken;

        @Override
        public Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer) {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            checks.add(check);
            told = answer;
            cancelled = false;
            return () -> cancelled = true;
        }

        void answer(ExternalAnswer answer) {
            told.accept(answer);
        }

        ExternalCheck last() {
            return checks.get(checks.size() - 1);
        }

        @Override
        public void close() {}
    }

    private final class Ends implements MeshObserver {
        @Override
        public InboundObserver inboundStarted(InboundCall call) {
            return new InboundObserver() {
                @Override
                public void checked(InboundCall asked, ExternalDecision decision) {
                    checked.add(decision);
                }

                @Override
                public void authorized(InboundCall decided, Decision decision) {
                    whileDeciding.run();
                }

                @Override
                public void refused(InboundCall refused, Outcome outcome, long durationNanos) {
                    ends.add("refused "
                            + (outcome instanceof Outcome.LocalReply reply ? reply.reason() : outcome.toString()));
                }

                @Override
                public void ended(InboundCall ended, Outcome outcome, long durationNanos) {
                    ends.add("ended " + ((Outcome.Response) outcome).httpStatus());
                }
            };
        }
    }
}
