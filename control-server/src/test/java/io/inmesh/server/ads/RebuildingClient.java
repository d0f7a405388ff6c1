package io.inmesh.server.ads;

import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import java.util.Set;
import java.util.TreeSet;

/** A client as Envoy is one: a cluster that changes is made anew, and used once its endpoints have come, for which it does not ask. */
final class RebuildingClient extends IncrementalClient {
    private final Set<String> warming = new TreeSet<>();

    RebuildingClient(AdsParts parts) {
        super(parts);
    }

    /** Clusters that wait for endpoints which it wants and has. */
    Set<String> warming() {
        warming.retainAll(names.get(TypeUrls.ENDPOINT));
        return warming;
    }

    @Override
    void connect() {
        // What it was sent half of as the connection broke, it has a time limit for.
        warming.clear();
        super.connect();
    }

    @Override
    DeltaDiscoveryRequest first(String type) {
        DeltaDiscoveryRequest request = super.first(type);
        return request.toBuilder()
                .setNode(request.getNode().toBuilder().setUserAgentName("envoy"))
                .build();
    }

    @Override
    DeltaDiscoveryRequest answer(DeltaDiscoveryResponse response) {
        boolean clusters = response.getTypeUrl().equals(TypeUrls.CLUSTER);
        response.getResourcesList().forEach(resource -> {
            if (!clusters) {
                return;
            }
            String had = held.get(TypeUrls.CLUSTER).get(resource.getName());
            mayComeAgain(TypeUrls.ENDPOINT, resource.getName());
            if (had != null && held.get(TypeUrls.ENDPOINT).containsKey(resource.getName())) {
                warming.add(resource.getName());
            }
        });
        if (clusters) {
            warming.removeAll(response.getRemovedResourcesList());
        } else if (response.getTypeUrl().equals(TypeUrls.ENDPOINT)) {
            response.getResourcesList().forEach(resource -> warming.remove(resource.getName()));
            warming.removeAll(response.getRemovedResourcesList());
        }
        return super.answer(response);
    }
}
