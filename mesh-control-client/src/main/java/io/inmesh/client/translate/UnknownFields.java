package io.inmesh.client.translate;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds fields that this client's messages do not have: the sender knows more than we do. Such a field is noted. Where it stands
 * beside conditions, it could be one more condition; leaving it out would let in what is to stay out, so the resource is refused.
 */
final class UnknownFields {

    /** Messages that decide who or what is meant; all they contain counts as well. */
    private static final Set<String> CONDITIONS = Set.of(
            "envoy.config.route.v3.RouteMatch",
            "envoy.config.route.v3.HeaderMatcher",
            "envoy.config.route.v3.RateLimit",
            "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
            "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
            "envoy.extensions.filters.http.rbac.v3.RBAC",
            "envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext",
            "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext");

    private final String resource;
    private final IgnoredFields ignored;

    UnknownFields(String resource, IgnoredFields ignored) {
        this.resource = resource;
        this.ignored = ignored;
    }

    /**
     * Looks through a message and all in it, except what is packed.
     *
     * @param path where the message is, empty for the resource itself
     * @throws InvalidResourceException if a condition holds an unknown field
     */
    void inspect(String path, Message message) {
        inspect(path, message, false);
    }

    private void inspect(String path, Message message, boolean insideCondition) {
        String type = message.getDescriptorForType().getFullName();
        if (type.startsWith("google.protobuf.")) {
            return;
        }
        boolean condition = insideCondition || CONDITIONS.contains(type);
        for (int number : message.getUnknownFields().asMap().keySet()) {
            String field = join(path, "#" + number);
            if (condition) {
                throw new InvalidResourceException(
                        resource,
                        field,
                        "this client does not know field " + number + " of " + type
                                + ", and a condition half understood is none; leave it out or use a newer client");
            }
            ignored.note(field, "this client does not know field " + number + " of " + type);
        }
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            FieldDescriptor descriptor = field.getKey();
            if (descriptor.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            String inner = join(path, descriptor.getName());
            if (field.getValue() instanceof List<?> list) {
                for (int i = 0; i < list.size(); i++) {
                    inspect(inner + "[" + i + "]", (Message) list.get(i), condition);
                }
            } else {
                inspect(inner, (Message) field.getValue(), condition);
            }
        }
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
