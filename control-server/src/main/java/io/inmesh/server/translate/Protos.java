package io.inmesh.server.translate;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rule.ApiPath;
import io.inmesh.server.rule.Field;
import io.inmesh.server.service.MeshService;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.type.FractionalPercent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalDouble;

/** Small conversions between rule values and protobuf values. */
final class Protos {
    private static final int MILLION = 1_000_000;

    private Protos() {}

    static Duration duration(java.time.Duration value) {
        return Duration.newBuilder()
                .setSeconds(value.getSeconds())
                .setNanos(value.getNano())
                .build();
    }

    static UInt32Value uint32(long value) {
        return UInt32Value.of((int) value);
    }

    static BoolValue bool(boolean value) {
        return BoolValue.of(value);
    }

    static Value string(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    /** A place in a rule as it stands there. */
    static Value json(Field field) {
        return json(field.node());
    }

    private static Value json(JsonNode node) {
        Value.Builder value = Value.newBuilder();
        if (node.isObject()) {
            Struct.Builder struct = value.getStructValueBuilder();
            node.properties().forEach(member -> struct.putFields(member.getKey(), json(member.getValue())));
        } else if (node.isArray()) {
            ListValue.Builder list = value.getListValueBuilder();
            node.forEach(element -> list.addValues(json(element)));
        } else if (node.isNumber()) {
            value.setNumberValue(node.doubleValue());
        } else if (node.isBoolean()) {
            value.setBoolValue(node.booleanValue());
        } else {
            value.setStringValue(node.asText());
        }
        return value.build();
    }

    /** Packs deterministically, so that equal messages give equal bytes. */
    static Any pack(Message message) {
        return Any.newBuilder()
                .setTypeUrl(TypeUrls.of(message.getDescriptorForType()))
                .setValue(deterministicBytes(message))
                .build();
    }

    static ByteString deterministicBytes(Message message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return ByteString.copyFrom(bytes);
    }

    /** A percentage resolved to millionths; {@code fallback} (in percent) if {@code percentage.value} is absent. */
    static FractionalPercent percent(Field percentage, double fallback) {
        OptionalDouble value = percentage.get("value").decimal();
        // An empty percentage object means zero: that is how its wire form reads.
        return percent(percentage.present() ? value.orElse(0) : fallback);
    }

    static FractionalPercent percent(double value) {
        double clamped = Math.max(0, Math.min(100, value));
        return FractionalPercent.newBuilder()
                .setNumerator((int) Math.round(clamped * MILLION / 100))
                .setDenominator(FractionalPercent.DenominatorType.MILLION)
                .build();
    }

    static Value number(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }

    static Value list(List<Value> values) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllValues(values))
                .build();
    }

    /** Metadata that names the rule a piece of configuration comes from. */
    static Metadata madeBy(ResourceKey rule) {
        return Metadata.newBuilder()
                .putFilterMetadata(
                        "istio",
                        Struct.newBuilder()
                                .putFields("config", string(ApiPath.of(rule)))
                                .build())
                .build();
    }

    /** The {@code services} entry of cluster metadata. */
    static Value serviceList(MeshService service) {
        Struct entry = Struct.newBuilder()
                .putFields("host", string(service.fqdn()))
                .putFields("name", string(service.name()))
                .putFields("namespace", string(service.namespace()))
                .build();
        return Value.newBuilder()
                .setListValue(
                        ListValue.newBuilder().addValues(Value.newBuilder().setStructValue(entry)))
                .build();
    }
}
