package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.List;

/**
 * A VirtualService that applies to calls inside the mesh, with host names resolved and delegates merged in.
 *
 * @param resource where it comes from
 * @param hosts full host names and wildcards, in the order written
 * @param http its HTTP routes in the order they are tried
 */
public record VirtualServiceRule(Resource resource, List<String> hosts, List<Field> http) {
    /** The implied gateway that stands for all clients inside the mesh. */
    public static final String MESH_GATEWAY = "mesh";

    /** Whether this {@code gateways} list (absent means mesh only) includes calls inside the mesh. */
    public static boolean appliesToMesh(Field gateways) {
        return gateways.items().isEmpty() || gateways.texts().contains(MESH_GATEWAY);
    }

    /** Where the resource stands in the API, as Istio writes it into xDS metadata. */
    public String apiPath() {
        return ApiPath.of(resource.key());
    }
}
