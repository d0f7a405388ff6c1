package io.inmesh.server.rest;

import io.inmesh.server.translate.TypeUrls;
import java.util.Map;

/** What people call the types of xDS resources. */
final class XdsNames {

    private static final Map<String, String> TYPES = Map.of(
            TypeUrls.CLUSTER, "cluster",
            TypeUrls.ENDPOINTS, "endpoints",
            TypeUrls.LISTENER, "listener",
            TypeUrls.ROUTES, "routes");

    private XdsNames() {}

    /** {@return such as {@code cluster}; for other types the last part of their URL} */
    static String shortType(String typeUrl) {
        String known = TYPES.get(typeUrl);
        return known == null
                ? typeUrl.substring(typeUrl.lastIndexOf('.') + 1).toLowerCase(java.util.Locale.ROOT)
                : known;
    }
}
