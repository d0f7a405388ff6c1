package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import java.util.HashSet;
import java.util.Set;

/** A client of incremental xDS that fails the test when it is sent what it has. */
class IncrementalClient extends ProtocolClient<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
    /** Names that may be sent again on this stream, as those asked for: who asks again may have forgotten. */
    private final Set<String> asked = new HashSet<>();

    IncrementalClient(AdsParts parts) {
        super(parts, true, DeltaOutbound::new, ClientRequest::of);
    }

    @Override
    void connect() {
        asked.clear();
        super.connect();
    }

    /** From now on this may come although the client has it. */
    void mayComeAgain(String type, String name) {
        asked.add(type + name);
    }

    @Override
    DeltaDiscoveryRequest first(String type) {
        return TestStream.resume(type, held.get(type), names.get(type).toArray(String[]::new));
    }

    @Override
    DeltaDiscoveryRequest changed(String type, Set<String> added, Set<String> dropped) {
        added.forEach(name -> mayComeAgain(type, name));
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type)
                .addAllResourceNamesSubscribe(added)
                .addAllResourceNamesUnsubscribe(dropped)
                .build();
    }

    @Override
    DeltaDiscoveryRequest answer(DeltaDiscoveryResponse response) {
        String type = response.getTypeUrl();
        boolean named = !COMPLETE.contains(type);
        response.getResourcesList().forEach(resource -> {
            if (!asked.contains(type + resource.getName())) {
                assertThat(held.get(type).get(resource.getName()))
                        .as("only what changed is sent, of %s", type)
                        .isNotEqualTo(resource.getVersion());
            }
            if (!named || names.get(type).contains(resource.getName())) {
                held.get(type).put(resource.getName(), resource.getVersion());
            }
        });
        response.getRemovedResourcesList().forEach(held.get(type)::remove);
        return TestStream.accept(response);
    }
}
