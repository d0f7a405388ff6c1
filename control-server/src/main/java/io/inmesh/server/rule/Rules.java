package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import io.inmesh.server.store.ConfigView;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every rule of one configuration, indexed.
 *
 * @param settings what rules mean depends on these
 * @param virtualServices routing
 * @param destinationRules subsets and traffic policies
 * @param backendTrafficPolicies what Istio's kinds cannot say about how services are called
 * @param peerAuthentications what workloads accept
 * @param requestAuthentications whose tokens workloads accept
 * @param authorizationPolicies who may call what
 * @param inboundTrafficPolicies what workloads do to stay alive
 * @param telemetries what is told about the calls of workloads
 * @param relevantLabels what rules ask about the labels of clients
 * @param placesMatter whether any rule asks where a client is; if not, clients that differ only in that see the same resources
 */
public record Rules(
        RuleSettings settings,
        VirtualServices virtualServices,
        DestinationRules destinationRules,
        BackendTrafficPolicies backendTrafficPolicies,
        PeerAuthentications peerAuthentications,
        RequestAuthentications requestAuthentications,
        AuthorizationPolicies authorizationPolicies,
        InboundTrafficPolicies inboundTrafficPolicies,
        Telemetries telemetries,
        RelevantLabels relevantLabels,
        boolean placesMatter) {

    /** Indexes the rules in {@code view}. */
    public static Rules of(ConfigView view, RuleSettings settings) {
        List<Resource> virtualServices = view.byKind("VirtualService");
        List<Resource> destinationRules = view.byKind("DestinationRule");
        List<Resource> peerAuthentications = view.byKind("PeerAuthentication");
        List<Resource> requestAuthentications = view.byKind("RequestAuthentication");
        List<Resource> authorizationPolicies = view.byKind("AuthorizationPolicy");
        List<Resource> inboundTrafficPolicies = view.byKind("InboundTrafficPolicy");
        List<Resource> telemetries = view.byKind("Telemetry");
        RelevantLabels labels = RelevantLabels.of(Stream.of(
                        virtualServices,
                        destinationRules,
                        peerAuthentications,
                        requestAuthentications,
                        authorizationPolicies,
                        inboundTrafficPolicies,
                        telemetries)
                .flatMap(List::stream)
                .toList());
        return new Rules(
                settings,
                VirtualServices.of(virtualServices, settings),
                DestinationRules.of(destinationRules, settings),
                BackendTrafficPolicies.of(view.byKind("BackendTrafficPolicy"), settings),
                PeerAuthentications.of(peerAuthentications, settings),
                RequestAuthentications.of(requestAuthentications, settings),
                AuthorizationPolicies.of(authorizationPolicies, settings),
                InboundTrafficPolicies.of(inboundTrafficPolicies, settings),
                Telemetries.of(telemetries, settings),
                labels,
                destinationRules.stream().anyMatch(Rules::asksAboutPlaces));
    }

    private static boolean asksAboutPlaces(Resource destinationRule) {
        Field spec = Field.spec(destinationRule);
        return LocalityPolicy.asksAboutPlaces(spec.get("trafficPolicy"))
                || spec.get("subsets").items().stream()
                        .anyMatch(subset -> LocalityPolicy.asksAboutPlaces(subset.get("trafficPolicy")));
    }
}
