package io.inmesh.server.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.rbac.UriTemplateMatchConfig;
import java.util.Map;

/** Reads messages from YAML in protobuf's JSON form, as far as Istio's goldens need it. A field that is not known is an error. */
final class YamlMessages {
    private static final Map<String, Message> PACKED = Map.of(
            "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC", RBAC.getDefaultInstance(),
            "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
                    UriTemplateMatchConfig.getDefaultInstance());

    private YamlMessages() {}

    static <M extends Message> M read(JsonNode yaml, M prototype) {
        @SuppressWarnings("unchecked")
        M message = (M) fill(yaml, prototype.newBuilderForType()).build();
        return message;
    }

    private static Message.Builder fill(JsonNode yaml, Message.Builder builder) {
        if (builder instanceof Any.Builder any) {
            String type = yaml.get("@type").asText();
            Message packed = fill(yaml, PACKED.get(type).newBuilderForType()).build();
            return any.setTypeUrl(type).setValue(packed.toByteString());
        }
        if (!yaml.isObject()) {
            // A wrapper, whose only field is called value.
            FieldDescriptor field = builder.getDescriptorForType().findFieldByName("value");
            return builder.setField(field, value(yaml, field, builder));
        }
        yaml.properties().forEach(entry -> {
            if (entry.getKey().equals("@type")) {
                return;
            }
            FieldDescriptor field = builder.getDescriptorForType().getFields().stream()
                    .filter(known -> known.getJsonName().equals(entry.getKey()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("unknown field " + entry.getKey()));
            if (field.isMapField()) {
                entry.getValue()
                        .properties()
                        .forEach(item -> builder.addRepeatedField(field, item(item, field, builder)));
            } else if (field.isRepeated()) {
                entry.getValue().forEach(item -> builder.addRepeatedField(field, value(item, field, builder)));
            } else {
                builder.setField(field, value(entry.getValue(), field, builder));
            }
        });
        return builder;
    }

    private static Message item(Map.Entry<String, JsonNode> item, FieldDescriptor map, Message.Builder builder) {
        Message.Builder entry = builder.newBuilderForField(map);
        FieldDescriptor key = map.getMessageType().findFieldByName("key");
        FieldDescriptor value = map.getMessageType().findFieldByName("value");
        return entry.setField(key, item.getKey())
                .setField(value, value(item.getValue(), value, entry))
                .build();
    }

    private static Object value(JsonNode yaml, FieldDescriptor field, Message.Builder builder) {
        return switch (field.getJavaType()) {
            case MESSAGE -> fill(yaml, builder.newBuilderForField(field)).build();
            case ENUM -> constant(field.getEnumType(), yaml.asText());
            case BOOLEAN -> yaml.asBoolean();
            case INT -> yaml.asInt();
            case STRING -> yaml.asText();
            default -> throw new AssertionError("no reader for " + field.getFullName());
        };
    }

    private static Object constant(EnumDescriptor type, String name) {
        return type.findValueByName(name);
    }
}
