package io.inmesh.client.translate;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.inmesh.config.Condition;
import io.inmesh.xds.core.CidrRange;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.type.FractionalPercent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /** {@return the text of a source that stands inline, null if it stands elsewhere} */
    static @Nullable String inline(DataSource source) {
        return switch (source.getSpecifierCase()) {
            case INLINE_STRING -> source.getInlineString();
            case INLINE_BYTES -> source.getInlineBytes().toString(StandardCharsets.UTF_8);
            case FILENAME, SPECIFIER_NOT_SET -> null;
        };
    }

    /** {@return a range of addresses; one without a length is a single address} */
    static Condition.Cidr cidr(CidrRange range) {
        boolean ipv6 = range.getAddressPrefix().indexOf(':') >= 0;
        int length = range.hasPrefixLen() ? range.getPrefixLen().getValue() : ipv6 ? 128 : 32;
        return new Condition.Cidr(range.getAddressPrefix(), length);
    }

    static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** {@return a text in metadata, empty if there is none} */
    static String text(Metadata metadata, String namespace, String key) {
        return metadata.getFilterMetadataOrDefault(namespace, Struct.getDefaultInstance())
                .getFieldsOrDefault(key, Value.getDefaultInstance())
                .getStringValue();
    }

    /** {@return a number in metadata, 0 if there is none} */
    static double number(Metadata metadata, String namespace, String key) {
        return metadata.getFilterMetadataOrDefault(namespace, Struct.getDefaultInstance())
                .getFieldsOrDefault(key, Value.getDefaultInstance())
                .getNumberValue();
    }

    /** {@return the resource that made something, in words, from Istio's {@code filter_metadata["istio"].config}} */
    static String origin(Metadata metadata) {
        Struct istio = metadata.getFilterMetadataMap().get("istio");
        Value config = istio == null ? null : istio.getFieldsMap().get("config");
        return config == null ? "" : originOf(config.getStringValue());
    }

    /** {@return the resource of an API path, in words; the text itself if it is no such path} */
    static String originOf(String path) {
        // /apis/<group>/<version>/namespaces/<namespace>/<kind>/<name>
        List<String> parts = List.of(path.split("/"));
        if (parts.size() < 8) {
            return path;
        }
        return kind(parts.get(6)) + " " + parts.get(5) + "/" + parts.get(7);
    }

    /** The kind a path names; those that begin with an acronym have no dashes to tell their words apart. */
    private static String kind(String kebab) {
        if (kebab.equals("httproute") || kebab.equals("grpcroute")) {
            return kebab.substring(0, 4).toUpperCase(Locale.ROOT) + "Route";
        }
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
}
