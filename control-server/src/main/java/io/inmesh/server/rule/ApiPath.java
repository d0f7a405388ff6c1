package io.inmesh.server.rule;

import io.inmesh.server.model.ResourceKey;
import java.util.Locale;

/** The path by which xDS metadata names the rule that made a resource. */
public final class ApiPath {
    private ApiPath() {}

    /** For example {@code /apis/networking.istio.io/v1/namespaces/default/virtual-service/reviews}. */
    public static String of(ResourceKey key) {
        String kind = key.kind().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
        return "/apis/" + key.group() + "/v1/namespaces/" + key.namespace() + "/" + kind + "/" + key.name();
    }
}
