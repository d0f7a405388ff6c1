package io.inmesh.server.ads;

import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.TypeUrls;
import io.inmesh.server.translate.VersionedResource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whom a change of configuration would reach: the processes that would be sent something else than they have now. */
public final class Impact {

    private Impact() {}

    /** What would become of a resource. */
    public enum Change {
        /** It would be new. */
        ADDED,
        /** It would have other content. */
        CHANGED,
        /** It would be taken away. */
        REMOVED
    }

    /**
     * One resource that would be another.
     *
     * @param typeUrl its type
     * @param name its name
     * @param change what would become of it
     */
    public record Moved(String typeUrl, String name, Change change) {}

    /**
     * One process that would be reached.
     *
     * @param process which
     * @param moved what it would notice, at least one resource
     */
    public record Affected(ConnectedProcess process, List<Moved> moved) {}

    /**
     * {@return who would be reached by a change}
     *
     * @param before the mesh as it is
     * @param after the mesh as it would be
     * @param processes what connected processes have
     */
    public static List<Affected> of(MeshState before, MeshState after, List<ProcessConfig> processes) {
        List<Affected> affected = new ArrayList<>();
        for (ProcessConfig process : processes) {
            ResourceSet now = before.resourcesFor(process.process().context());
            ResourceSet then = after.resourcesFor(process.process().context());
            List<Moved> moved = now == then ? List.of() : moved(now, then, process);
            if (!moved.isEmpty()) {
                affected.add(new Affected(process.process(), moved));
            }
        }
        return affected;
    }

    private static List<Moved> moved(ResourceSet now, ResourceSet then, ProcessConfig process) {
        List<Moved> moved = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (HeldResource held : process.held()) {
            seen.add(held.typeUrl() + " " + held.name());
            compare(now, then, held.typeUrl(), held.name(), moved);
        }
        for (String typeUrl : followed(process.everything())) {
            for (String name : then.all(typeUrl).keySet()) {
                if (seen.add(typeUrl + " " + name)) {
                    compare(now, then, typeUrl, name, moved);
                }
            }
        }
        return moved;
    }

    /** Whoever takes all listeners and clusters follows them to their routes and endpoints, if not yet then soon. */
    private static Set<String> followed(Set<String> everything) {
        Set<String> types = new HashSet<>(everything);
        if (everything.contains(TypeUrls.LISTENER)) {
            types.add(TypeUrls.ROUTES);
        }
        if (everything.contains(TypeUrls.CLUSTER)) {
            types.add(TypeUrls.ENDPOINTS);
        }
        return types;
    }

    /** Both sides are looked up: a client that has not caught up yet is not told apart by that. */
    private static void compare(ResourceSet now, ResourceSet then, String typeUrl, String name, List<Moved> moved) {
        String before = now.find(typeUrl, name).map(VersionedResource::version).orElse("");
        String after = then.find(typeUrl, name).map(VersionedResource::version).orElse("");
        if (!before.equals(after)) {
            moved.add(new Moved(
                    typeUrl,
                    name,
                    before.isEmpty() ? Change.ADDED : after.isEmpty() ? Change.REMOVED : Change.CHANGED));
        }
    }
}
