package io.inmesh.testkit;

import io.inmesh.authz.Decision;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.inbound.Admission;
import io.inmesh.inbound.InboundGate;
import io.inmesh.inbound.InboundPolicy;
import io.inmesh.observe.InboundObserver;
import io.inmesh.observe.MeshObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges requests by the policies of a config, for tests of policies. The whole way in is gone, as in a server: identity, canonical path,
 * then the policies. Used by one thread.
 *
 * <pre>{@code
 * PolicyJudge judge = PolicyJudge.of(MeshConfigYaml.read(Path.of("mesh.yaml")));
 * assertThat(judge.judge(FakeCall.get("/admin").peer(REVIEWS)).allowed()).isFalse();
 * }</pre>
 */
public final class PolicyJudge {

    private final InboundPolicy policy;

    private PolicyJudge(InboundPolicy policy) {
        this.policy = policy;
    }

    /**
     * {@return a judge by what a config asks of requests that come in}
     *
     * @throws IllegalArgumentException if a policy cannot be enforced; the message names it, and the field
     */
    public static PolicyJudge of(MeshConfig config) {
        return of(config.inbound());
    }

    /**
     * {@return a judge by policies}
     *
     * @throws IllegalArgumentException if one cannot be enforced; the message names it, and the field
     */
    public static PolicyJudge of(InboundConfig config) {
        return new PolicyJudge(
                InboundPolicy.compile(config, null, new FakeClock(), (policy, field, message, remedy) -> {
                    throw new IllegalArgumentException(policy + ": " + field + ": " + message + "; " + remedy);
                }));
    }

    /**
     * What becomes of a request.
     *
     * @param allowed whether the application sees it
     * @param reason why, in words; not for the caller
     * @param policy name of the policy that decided, null if none did
     * @param audited AUDIT policies that mark it
     * @param wouldDeny policies on trial that would refuse it, were they enforced
     * @param wouldAllow policies on trial that would let it in, were they enforced
     */
    public record Judgement(
            boolean allowed,
            String reason,
            @Nullable String policy,
            List<String> audited,
            List<String> wouldDeny,
            List<String> wouldAllow) {

        /** Copies the lists. */
        public Judgement {
            audited = List.copyOf(audited);
            wouldDeny = List.copyOf(wouldDeny);
            wouldAllow = List.copyOf(wouldAllow);
        }
    }

    /** {@return what becomes of a request} */
    public Judgement judge(InboundCall call) {
        Record record = new Record();
        Admission admission = new InboundGate(new FakeClock(), record).admit(call, policy);
        String reason = "allowed: there are no policies";
        if (!admission.admitted()) {
            Outcome refusal = admission.rejection();
            reason = refusal instanceof Outcome.Rejection rejection ? rejection.message() : refusal.toString();
        } else if (record.decision != null) {
            reason = record.decision.reason();
        }
        if (admission.admitted()) {
            admission.settle(Outcome.Response.http(200));
        }
        return new Judgement(
                admission.admitted(),
                reason,
                record.decision == null ? null : record.decision.policy(),
                record.audited,
                record.wouldDeny,
                record.wouldAllow);
    }

    /** Keeps what policies say of one request. */
    private static final class Record implements MeshObserver, InboundObserver {
        private final List<String> audited = new ArrayList<>();
        private final List<String> wouldDeny = new ArrayList<>();
        private final List<String> wouldAllow = new ArrayList<>();
        private @Nullable Decision decision;

        @Override
        public InboundObserver inboundStarted(InboundCall call) {
            return this;
        }

        @Override
        public void authorized(InboundCall call, Decision decided) {
            decision = decided;
        }

        @Override
        public void audited(InboundCall call, Decision match) {
            audited.add(String.valueOf(match.resource()));
        }

        @Override
        public void shadowDecided(InboundCall call, Decision decided, Decision shadow) {
            if (shadow.allowed() != decided.allowed()) {
                (shadow.allowed() ? wouldAllow : wouldDeny).add(String.valueOf(shadow.resource()));
            }
        }
    }
}
