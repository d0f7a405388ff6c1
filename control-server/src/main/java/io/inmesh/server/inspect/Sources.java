package io.inmesh.server.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ApiPath;
import io.inmesh.server.store.ConfigView;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which rules, in which version, made a resource. */
public final class Sources {

    /** How Istio names the policy behind a rule of an RBAC filter. */
    private static final Pattern POLICY =
            Pattern.compile("(?:istio-ext-authz-)?ns\\[([^]]*)]-policy\\[([^]]*)]-rule\\[\\d+]");

    private final Map<String, String> byPath = new HashMap<>();
    private final Map<String, String> policies = new HashMap<>();

    /** Knows the rules of a configuration. */
    public Sources(ConfigView config) {
        for (Resource resource : config.all()) {
            String name = Kinds.of(resource.key()).reference(resource.key().name()) + "@" + resource.resourceVersion();
            byPath.put(ApiPath.of(resource.key()), name);
            if (resource.key().kind().equals("AuthorizationPolicy")) {
                policies.put(resource.key().namespace() + "/" + resource.key().name(), name);
            }
        }
    }

    /** {@return the rules named anywhere in a resource, such as {@code virtualservice.networking.istio.io/reviews@42}, sorted} */
    public Set<String> of(JsonNode resource) {
        Set<String> found = new TreeSet<>();
        collect(resource, found);
        return found;
    }

    private void collect(JsonNode node, Set<String> found) {
        JsonNode path = node.at("/filterMetadata/istio/config");
        if (path.isTextual()) {
            found.add(byPath.getOrDefault(path.asText(), path.asText()));
        }
        node.properties().forEach(field -> {
            Matcher policy = POLICY.matcher(field.getKey());
            if (policy.matches()) {
                String name = policy.group(1) + "/" + policy.group(2);
                found.add(policies.getOrDefault(name, "authorizationpolicy.security.istio.io/" + policy.group(2)));
            }
        });
        node.forEach(child -> collect(child, found));
    }
}
