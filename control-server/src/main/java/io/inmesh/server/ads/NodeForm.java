package io.inmesh.server.ads;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.model.ForeignText;
import java.util.Map;
import java.util.Set;

/**
 * The form of what is read of a node's metadata. A field of another form would be read as if nothing had been said; what is not read may
 * have any, and so may fields that only later servers know.
 */
final class NodeForm {
    private static final Set<String> TEXTS =
            Set.of("NAMESPACE", "SERVICE_ACCOUNT", "WORKLOAD_NAME", "INSTANCE_IPS", "INMESH_ADDRESS", "GENERATOR");
    private static final Set<String> NUMBERS = Set.of("INMESH_CONNECTION");
    private static final Set<String> OBJECTS = Set.of(SidecarClaim.KEY, CertificateReport.FIELD);
    private static final Set<String> TEXT_OBJECTS = Set.of("LABELS", "INMESH_PORTS");

    private NodeForm() {}

    /**
     * Checks a node's metadata; fields that are null count as absent.
     *
     * @throws ClientNode.Refused if a field has another form than it is read in; the message names it and what to write
     */
    static void check(Struct metadata) throws ClientNode.Refused {
        for (Map.Entry<String, Value> field : metadata.getFieldsMap().entrySet()) {
            String name = field.getKey();
            Value value = field.getValue();
            if (value.hasNullValue()) {
                continue;
            }
            if (TEXTS.contains(name) && !value.hasStringValue()) {
                throw refused(name, "a text, in quotes");
            }
            if (NUMBERS.contains(name) && !value.hasNumberValue()) {
                throw refused(name, "a number");
            }
            if (OBJECTS.contains(name) && !value.hasStructValue()) {
                throw refused(name, "an object");
            }
            if (TEXT_OBJECTS.contains(name)) {
                checkTexts(name, value);
            }
        }
    }

    private static void checkTexts(String name, Value value) throws ClientNode.Refused {
        if (!value.hasStructValue()) {
            throw refused(
                    name,
                    name.equals("LABELS")
                            ? "an object such as {\"app\": \"shop\"}"
                            : "an object such as {\"http\": 8080}");
        }
        for (Map.Entry<String, Value> one :
                value.getStructValue().getFieldsMap().entrySet()) {
            if (!one.getValue().hasStringValue() && !whole(one.getValue())) {
                throw refused(
                        name + "[" + ForeignText.clean(one.getKey(), 100) + "]", "a text in quotes, or a whole number");
            }
        }
    }

    private static boolean whole(Value value) {
        return value.hasNumberValue() && value.getNumberValue() == (long) value.getNumberValue();
    }

    private static ClientNode.Refused refused(String field, String form) {
        return new ClientNode.Refused("node metadata " + field + " has to be " + form);
    }
}
