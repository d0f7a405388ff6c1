package io.inmesh.client.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.inmesh.xds.core.HeaderValueOption;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.type.FractionalPercent;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Small values that many resources hold. */
final class Values {

    private Values() {}

    static java.time.Duration duration(Duration duration) {
        return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    static long unsigned(UInt32Value value) {
        return Integer.toUnsignedLong(value.getValue());
    }

    static int millionths(FractionalPercent percent) {
        long factor = switch (percent.getDenominator()) {
            case TEN_THOUSAND -> 100;
            case MILLION -> 1;
            case HUNDRED, UNRECOGNIZED -> 10_000;
        };
        return (int) Math.min(1_000_000, Integer.toUnsignedLong(percent.getNumerator()) * factor);
    }

    static <M extends Message> M unpack(String resource, String field, Any any, Parser<M> parser) {
        try {
            return parser.parseFrom(any.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResourceException(resource, field, "cannot be read as " + any.getTypeUrl());
        }
    }

    /** {@return the resource that made something, in words, from Istio's {@code filter_metadata["istio"].config}} */
    static String origin(Metadata metadata) {
        Struct istio = metadata.getFilterMetadataMap().get("istio");
        Value config = istio == null ? null : istio.getFieldsMap().get("config");
        if (config == null) {
            return "";
        }
        // /apis/<group>/<version>/namespaces/<namespace>/<kind>/<name>
        List<String> parts = List.of(config.getStringValue().split("/"));
        if (parts.size() < 8) {
            return config.getStringValue();
        }
        return camel(parts.get(6)) + " " + parts.get(5) + "/" + parts.get(7);
    }

    private static String camel(String kebab) {
        StringBuilder name = new StringBuilder();
        for (String part : kebab.split("-")) {
            name.append(part.substring(0, Math.min(1, part.length())).toUpperCase(Locale.ROOT))
                    .append(part, Math.min(1, part.length()), part.length());
        }
        return name.toString();
    }

    static Map<String, String> strings(Struct struct) {
        Map<String, String> strings = new HashMap<>();
        struct.getFieldsMap().forEach((key, value) -> strings.put(key, value.getStringValue()));
        return strings;
    }

    static io.inmesh.config.HeaderEditsConfig headerEdits(List<HeaderValueOption> added, List<String> removed) {
        if (added.isEmpty() && removed.isEmpty()) {
            return io.inmesh.config.HeaderEditsConfig.NONE;
        }
        java.util.ArrayList<io.inmesh.config.HeaderEditsConfig.Header> set = new java.util.ArrayList<>();
        java.util.ArrayList<io.inmesh.config.HeaderEditsConfig.Header> add = new java.util.ArrayList<>();
        for (HeaderValueOption option : added) {
            var header = new io.inmesh.config.HeaderEditsConfig.Header(
                    option.getHeader().getKey().toLowerCase(Locale.ROOT),
                    option.getHeader().getValue());
            switch (option.getAppendAction()) {
                case OVERWRITE_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS -> set.add(header);
                default -> add.add(header);
            }
        }
        List<String> remove =
                removed.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        return new io.inmesh.config.HeaderEditsConfig(set, add, remove);
    }
}
