package io.inmesh.server.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TypeRegistry;
import io.inmesh.server.model.SecretHeaders;
import io.inmesh.xds.cluster.ClusterClusterProto;
import io.inmesh.xds.core.CoreGrpcServiceProto;
import io.inmesh.xds.endpoint.EndpointEndpointProto;
import io.inmesh.xds.filter.extauthz.FilterExtAuthzProto;
import io.inmesh.xds.filter.fault.FilterFaultProto;
import io.inmesh.xds.filter.http.FilterHttpProto;
import io.inmesh.xds.filter.jwt.FilterJwtAuthnProto;
import io.inmesh.xds.filter.ratelimit.FilterLocalRatelimitProto;
import io.inmesh.xds.filter.rbac.FilterRbacProto;
import io.inmesh.xds.filter.router.FilterRouterProto;
import io.inmesh.xds.filter.tls.FilterTlsInspectorProto;
import io.inmesh.xds.listener.ListenerListenerProto;
import io.inmesh.xds.rbac.RbacUriTemplateProto;
import io.inmesh.xds.retry.RetryPreviousHostsProto;
import io.inmesh.xds.route.RouteRouteProto;
import io.inmesh.xds.tls.TlsTlsProto;
import io.inmesh.xds.type.struct.TypeTypedStructProto;
import io.inmesh.xds.upstream.UpstreamHttpProto;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * xDS messages as JSON, as the protobuf JSON mapping has them, with messages packed in {@code Any} opened as far as they are known. Bytes are
 * told by their number, and values of fields that may hold secrets not at all.
 */
public final class ProtoJson {

    /** What stands in the place of a secret. */
    public static final String REDACTED = "[redacted]";

    /** Fields that may hold secrets, wherever they are. Metadata of calls to external authorizers are headers, tokens among them. */
    private static final Set<String> SECRET =
            Set.of("private_key", "password", "initial_metadata", "session_ticket_keys");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String PACKAGE = "google.protobuf.";

    private static final TypeRegistry TYPES = registry(List.of(
            ClusterClusterProto.getDescriptor(),
            EndpointEndpointProto.getDescriptor(),
            ListenerListenerProto.getDescriptor(),
            RouteRouteProto.getDescriptor(),
            TlsTlsProto.getDescriptor(),
            CoreGrpcServiceProto.getDescriptor(),
            FilterExtAuthzProto.getDescriptor(),
            FilterFaultProto.getDescriptor(),
            FilterHttpProto.getDescriptor(),
            FilterJwtAuthnProto.getDescriptor(),
            FilterLocalRatelimitProto.getDescriptor(),
            FilterRbacProto.getDescriptor(),
            FilterRouterProto.getDescriptor(),
            FilterTlsInspectorProto.getDescriptor(),
            RbacUriTemplateProto.getDescriptor(),
            RetryPreviousHostsProto.getDescriptor(),
            TypeTypedStructProto.getDescriptor(),
            UpstreamHttpProto.getDescriptor()));

    private ProtoJson() {}

    private static TypeRegistry registry(List<FileDescriptor> files) {
        TypeRegistry.Builder types = TypeRegistry.newBuilder();
        files.forEach(file -> types.add(file.getMessageTypes()));
        return types.build();
    }

    /** {@return a packed message as JSON, with its type in {@code @type}} */
    public static JsonNode of(Any any) {
        ObjectNode node = JSON.objectNode().put("@type", any.getTypeUrl());
        try {
            Descriptor type = TYPES.getDescriptorForTypeUrl(any.getTypeUrl());
            if (type == null) {
                return node.put("bytes", any.getValue().size());
            }
            JsonNode content = of(DynamicMessage.parseFrom(type, any.getValue()));
            if (content instanceof ObjectNode fields) {
                node.setAll(fields);
            } else {
                node.set("value", content);
            }
            return node;
        } catch (InvalidProtocolBufferException e) {
            return node.put("unreadable", e.getMessage());
        }
    }

    /** {@return a message as JSON} */
    public static JsonNode of(MessageOrBuilder message) {
        Descriptor type = message.getDescriptorForType();
        if (type.getFullName().startsWith(PACKAGE)) {
            return wellKnown(type.getName(), message);
        }
        ObjectNode node = JSON.objectNode();
        boolean secretHeader = type.getName().equals("HeaderValue") && SecretHeaders.contains(key(message));
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            FieldDescriptor descriptor = field.getKey();
            boolean secret = SECRET.contains(descriptor.getName())
                    || (secretHeader && !descriptor.getName().equals("key"));
            node.set(descriptor.getJsonName(), secret ? JSON.textNode(REDACTED) : field(descriptor, field.getValue()));
        }
        return node;
    }

    private static String key(MessageOrBuilder header) {
        FieldDescriptor key = header.getDescriptorForType().findFieldByName("key");
        return key == null ? "" : String.valueOf(header.getField(key)).toLowerCase(Locale.ROOT);
    }

    private static JsonNode field(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            ObjectNode map = JSON.objectNode();
            FieldDescriptor keys = field.getMessageType().findFieldByNumber(1);
            FieldDescriptor values = field.getMessageType().findFieldByNumber(2);
            for (Object entry : (List<?>) value) {
                Message pair = (Message) entry;
                map.set(String.valueOf(pair.getField(keys)), single(pair.getField(values)));
            }
            return map;
        }
        if (field.isRepeated()) {
            ArrayNode list = JSON.arrayNode();
            ((List<?>) value).forEach(item -> list.add(single(item)));
            return list;
        }
        return single(value);
    }

    private static JsonNode single(Object value) {
        if (value instanceof Message message) {
            return of(message);
        } else if (value instanceof EnumValueDescriptor named) {
            return JSON.textNode(named.getName());
        } else if (value instanceof ByteString bytes) {
            return JSON.textNode("(" + bytes.size() + " bytes)");
        } else if (value instanceof Boolean truth) {
            return JSON.booleanNode(truth);
        } else if (value instanceof Integer number) {
            return JSON.numberNode(number);
        } else if (value instanceof Long number) {
            return JSON.numberNode(number);
        } else if (value instanceof Double number) {
            return number(number);
        } else if (value instanceof Float number) {
            return number(number);
        }
        return JSON.textNode(String.valueOf(value));
    }

    private static JsonNode number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53
                ? JSON.numberNode((long) value)
                : JSON.numberNode(value);
    }

    private static JsonNode wellKnown(String type, MessageOrBuilder message) {
        return switch (type) {
            case "Any" -> of(any(message));
            case "Duration" ->
                JSON.textNode(seconds(Duration.ofSeconds(number(message, "seconds"), number(message, "nanos"))));
            case "Timestamp" ->
                JSON.textNode(java.time.Instant.ofEpochSecond(number(message, "seconds"), number(message, "nanos"))
                        .toString());
            case "Struct" -> field(of(message, "fields"), message.getField(of(message, "fields")));
            case "ListValue" -> field(of(message, "values"), message.getField(of(message, "values")));
            case "Value" -> {
                for (Map.Entry<FieldDescriptor, Object> kind :
                        message.getAllFields().entrySet()) {
                    yield kind.getKey().getName().equals("null_value") ? JSON.nullNode() : single(kind.getValue());
                }
                yield JSON.nullNode();
            }
            // Wrappers have one field; unset it has its default.
            default -> single(message.getField(of(message, "value")));
        };
    }

    private static Any any(MessageOrBuilder message) {
        return Any.newBuilder()
                .setTypeUrl((String) message.getField(of(message, "type_url")))
                .setValue((ByteString) message.getField(of(message, "value")))
                .build();
    }

    private static FieldDescriptor of(MessageOrBuilder message, String name) {
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
        if (field == null) {
            throw new IllegalStateException(message.getDescriptorForType().getFullName() + " has no " + name);
        }
        return field;
    }

    private static long number(MessageOrBuilder message, String name) {
        return ((Number) message.getField(of(message, name))).longValue();
    }

    private static String seconds(Duration duration) {
        String text = java.math.BigDecimal.valueOf(duration.getSeconds())
                .add(java.math.BigDecimal.valueOf(duration.getNano(), 9))
                .stripTrailingZeros()
                .toPlainString();
        return text + "s";
    }
}
