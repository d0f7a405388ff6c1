package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Validator;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Judges resources beyond their schema. Kinds it does not know have no problems.
 *
 * <p>The rule for references: a resource may come before what it refers to, since people apply files in any order; that is a warning. It
 * may not contradict what is already there; that is an error.
 */
public final class SemanticValidator implements Validator {
    private final RuleSettings settings;
    private final Supplier<? extends Collection<MeshService>> discovered;
    private volatile Judged last;

    /** What was judged last, and the services of other registries at that time. */
    private record Judged(Mesh mesh, Collection<MeshService> discovered) {}

    /** A validator under these settings. */
    public SemanticValidator(RuleSettings settings) {
        this(settings, List::of);
    }

    /** A validator under these settings, with services that other registries know. */
    public SemanticValidator(RuleSettings settings, Supplier<? extends Collection<MeshService>> discovered) {
        this.settings = settings;
        this.discovered = discovered;
        this.last = new Judged(new Mesh(new ConfigView(-1, List.of()), List.of(), settings), List.of());
    }

    @Override
    public List<Problem> validate(Resource candidate, ConfigView after) {
        Report report = new Report(candidate);
        Mesh mesh = mesh(after);
        switch (candidate.key().kind()) {
            case "VirtualService" -> VirtualServiceCheck.check(report, mesh);
            case "DestinationRule" -> DestinationRuleCheck.check(report, mesh);
            case "BackendTrafficPolicy" -> BackendTrafficPolicyCheck.check(report, mesh);
            case "InboundTrafficPolicy" -> InboundTrafficPolicyCheck.check(report, mesh);
            case "Rollout" -> RolloutCheck.check(report, mesh);
            case "HTTPRoute", "GRPCRoute" -> GatewayRouteCheck.check(report, mesh);
            case "ReferenceGrant" -> ReferenceGrantCheck.check(report);
            case "Service" -> ServiceCheck.check(report);
            case "ServiceEntry" -> ServiceEntryCheck.check(report, mesh);
            case "WorkloadEntry" -> WorkloadEntryCheck.check(report);
            case "PeerAuthentication" -> PeerAuthenticationCheck.check(report, mesh);
            case "RequestAuthentication" -> RequestAuthenticationCheck.check(report, mesh);
            case "AuthorizationPolicy" -> AuthorizationPolicyCheck.check(report, mesh);
            case "Telemetry" -> TelemetryCheck.check(report, mesh);
            default -> {
                return List.of();
            }
        }
        NoEffectFields.check(report);
        return report.problems();
    }

    /** A batch asks about the same view many times; its index is made once. */
    private Mesh mesh(ConfigView view) {
        Collection<MeshService> now = discovered.get();
        Judged judged = last;
        if (judged.mesh().view() != view || judged.discovered() != now) {
            judged = new Judged(new Mesh(view, now, settings), now);
            last = judged;
        }
        return judged.mesh();
    }
}
