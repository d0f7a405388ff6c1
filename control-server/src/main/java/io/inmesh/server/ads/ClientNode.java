package io.inmesh.server.ads;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.server.registry.WorkloadLocality;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Personality;
import io.inmesh.xds.core.Locality;
import io.inmesh.xds.core.Node;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who a client says it is (Istio's node form), with its claims checked against its certificate.
 *
 * @param id unique in the mesh: {@code sidecar~<ip>~<instance>.<namespace>~<dns domain>}, or free text of foreign clients
 * @param instance third part of the id without the namespace; the whole id if it has no parts
 * @param namespace proven by the certificate; on a listener without certificates only claimed
 * @param serviceAccount likewise
 * @param labels workload labels, claimed
 * @param userAgent name and version of the client's software
 * @param locality where it runs, claimed
 * @param context what its resources depend on
 * @param metadata everything else it says
 * @param message the node as it was sent
 */
record ClientNode(
        String id,
        String instance,
        String namespace,
        String serviceAccount,
        Map<String, String> labels,
        String userAgent,
        WorkloadLocality locality,
        ClientContext context,
        Struct metadata,
        Node message) {
    private static final int MAX_ID_CHARACTERS = 1024;
    private static final int MAX_LABELS = 100;
    private static final int MAX_LABEL_CHARACTERS = 256;
    private static final int PARTS = 4;
    private static final String DEFAULT = "default";
    private static final String OWN_USER_AGENT = "inmesh";

    /** Says why a node is not served. The message may be shown to the caller. */
    static final class Refused extends Exception {
        Refused(String message) {
            super(message);
        }
    }

    /**
     * {@return the node as it is}
     *
     * @throws Refused if it has more than so many bytes
     */
    static Node within(int mostBytes, Node claimed) throws Refused {
        if (claimed.getSerializedSize() > mostBytes) {
            throw new Refused("the node has more than " + mostBytes + " bytes");
        }
        return claimed;
    }

    /**
     * Reads a node and checks its claims.
     *
     * @param proven whom the client's certificate proves it to be; empty only on a listener that asks for none
     * @throws Refused if it has no id, claims another namespace or service account than its certificate says, or too much, or says what
     *     is read here in another form
     */
    static ClientNode of(Node node, Optional<WorkloadIdentity> proven) throws Refused {
        if (node.getId().isEmpty() || node.getId().length() > MAX_ID_CHARACTERS) {
            throw new Refused("the node needs an id of 1 to " + MAX_ID_CHARACTERS + " characters");
        }
        Struct metadata = node.getMetadata();
        NodeForm.check(metadata);
        String namespace = claim("NAMESPACE", metadata, proven.map(WorkloadIdentity::namespace));
        String serviceAccount = claim("SERVICE_ACCOUNT", metadata, proven.map(WorkloadIdentity::serviceAccount));
        String[] parts = node.getId().split("~", -1);
        if (parts.length == PARTS && proven.isPresent() && !parts[2].endsWith("." + namespace)) {
            throw new Refused(
                    "the node id names the process \"" + parts[2] + "\" but the client certificate is of namespace \""
                            + namespace + "\"; end the third part of the id with \"." + namespace + "\"");
        }
        // What clients claim here must not make as many kinds of clients as there are claims.
        String domain = namespace + ".svc.cluster.local";
        Map<String, String> labels = labels(metadata);
        return new ClientNode(
                node.getId(),
                parts.length == PARTS ? withoutSuffix(parts[2], "." + namespace) : node.getId(),
                namespace,
                serviceAccount,
                labels,
                (node.getUserAgentName() + " " + node.getUserAgentVersion()).strip(),
                locality(node.getLocality()),
                new ClientContext(
                        namespace,
                        labels,
                        domain,
                        personality(node),
                        place(node.getLocality()),
                        SidecarClaim.read(metadata)),
                metadata,
                node);
    }

    /**
     * Whether the client makes a new cluster of one that changes, and waits for its endpoints as if it had never had any: Envoy does, and
     * what is not known here may. gRPC and Inmesh's own clients keep the endpoints they have.
     */
    boolean rebuildsClusters() {
        return context.personality() != Personality.GRPC_SAFE && !userAgent.startsWith(OWN_USER_AGENT);
    }

    /** A text in the metadata; empty if there is none. */
    String text(String key) {
        return text(metadata, key);
    }

    /** A whole number in the metadata; 0 if there is none, or one below. */
    long number(String key) {
        return Math.max(0, (long)
                metadata.getFieldsOrDefault(key, Value.getDefaultInstance()).getNumberValue());
    }

    /** A structure of texts in the metadata. */
    Map<String, String> texts(String key) {
        return texts(metadata, key);
    }

    private static String claim(String key, Struct metadata, Optional<String> proven) throws Refused {
        String claimed = text(metadata, key);
        if (proven.isPresent() && !claimed.isEmpty() && !claimed.equals(proven.get())) {
            throw new Refused(
                    "node metadata " + key + " is \"" + claimed + "\" but the client certificate says \"" + proven.get()
                            + "\"; set it to what the certificate says, or join with a token for \"" + claimed + "\"");
        }
        return proven.orElse(claimed.isEmpty() ? DEFAULT : claimed);
    }

    private static Personality personality(Node node) {
        boolean grpc = text(node.getMetadata(), "GENERATOR").equals("grpc")
                || node.getUserAgentName().startsWith("gRPC");
        return grpc ? Personality.GRPC_SAFE : Personality.FULL;
    }

    private static Map<String, String> labels(Struct metadata) throws Refused {
        Map<String, String> labels = texts(metadata, "LABELS");
        for (Map.Entry<String, String> label : labels.entrySet()) {
            if (label.getKey().length() > MAX_LABEL_CHARACTERS
                    || label.getValue().length() > MAX_LABEL_CHARACTERS) {
                throw new Refused("a name or value in node metadata LABELS has more than " + MAX_LABEL_CHARACTERS
                        + " characters");
            }
        }
        if (labels.size() > MAX_LABELS) {
            throw new Refused("node metadata LABELS has more than " + MAX_LABELS + " labels");
        }
        return labels;
    }

    private static WorkloadLocality locality(Locality locality) {
        return new WorkloadLocality(locality.getRegion(), locality.getZone(), locality.getSubZone());
    }

    private static io.inmesh.server.service.Locality place(Locality locality) {
        return new io.inmesh.server.service.Locality(locality.getRegion(), locality.getZone(), locality.getSubZone());
    }

    private static String text(Struct metadata, String key) {
        return metadata.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }

    private static Map<String, String> texts(Struct metadata, String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        metadata.getFieldsOrDefault(key, Value.getDefaultInstance())
                .getStructValue()
                .getFieldsMap()
                .forEach((name, value) -> texts.put(name, text(value)));
        return texts;
    }

    /** Numbers in a Struct are doubles; ports come as such. */
    private static String text(Value value) {
        return value.hasNumberValue() ? Long.toString((long) value.getNumberValue()) : value.getStringValue();
    }

    private static String withoutSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }
}
