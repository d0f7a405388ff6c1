package io.inmesh.server.ads;

import io.inmesh.xds.core.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one connected client has been sent.
 *
 * @param process the client
 * @param node who it says it is
 * @param everything types of which it is sent all there is, not what it names
 * @param held what it has, in push order
 */
public record ProcessConfig(ConnectedProcess process, Node node, Set<String> everything, List<HeldResource> held) {

    static ProcessConfig of(ConnectedProcess process, Node node, Collection<Delivered> types) {
        Set<String> everything = new HashSet<>();
        List<HeldResource> held = new ArrayList<>();
        for (Delivered type : types) {
            if (type.state().everything()) {
                everything.add(type.state().typeUrl());
            }
            held.addAll(type.state().held());
        }
        return new ProcessConfig(process, node, everything, held);
    }

    /** Copies the collections. */
    public ProcessConfig {
        everything = Set.copyOf(everything);
        held = List.copyOf(held);
    }
}
