package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the question "may I" as kubectl asks it: as protobuf, whatever a server says it understands.
 *
 * <p>Source: k8s.io/apimachinery {@code runtime.Unknown} behind the magic number, and k8s.io/api {@code authorization.v1}.
 */
final class ReviewMessages {

    /** Media type, in lower case. */
    static final String CONTENT_TYPE = "application/vnd.kubernetes.protobuf";

    private static final byte[] MAGIC = {'k', '8', 's', 0};

    /** Number of {@code raw} in {@code runtime.Unknown}. */
    private static final int RAW = 2;
    /** Number of {@code spec} in {@code SelfSubjectAccessReview}. */
    private static final int SPEC = 2;
    /** Number of {@code resourceAttributes} in its spec. */
    private static final int RESOURCE = 1;
    /** Number of {@code nonResourceAttributes} in its spec. */
    private static final int PATH = 2;

    /** Fields of {@code ResourceAttributes}, in the order of their numbers, which begin at 1. */
    private static final List<String> OF_RESOURCE =
            List.of("namespace", "verb", "group", "version", "resource", "subresource", "name");
    /** Fields of {@code NonResourceAttributes}. */
    private static final List<String> OF_PATH = List.of("path", "verb");

    private ReviewMessages() {}

    /** {@return the {@code SelfSubjectAccessReview} in a body, as it would be in JSON} */
    static ObjectNode read(byte[] body) throws HttpProblem {
        if (body.length < MAGIC.length || !Arrays.equals(body, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw HttpProblem.badRequest("the body is no protobuf of Kubernetes; send JSON instead");
        }
        ObjectNode review = Exchange.JSON.createObjectNode();
        try {
            byte[] raw = field(Arrays.copyOfRange(body, MAGIC.length, body.length), RAW);
            byte[] spec = field(raw, SPEC);
            ObjectNode attributes = review.putObject("spec");
            byte[] path = field(spec, PATH);
            if (path.length > 0) {
                strings(path, OF_PATH, attributes.putObject("nonResourceAttributes"));
            } else {
                strings(field(spec, RESOURCE), OF_RESOURCE, attributes.putObject("resourceAttributes"));
            }
        } catch (IOException e) {
            throw HttpProblem.badRequest("the body is torn protobuf: " + e.getMessage() + "; send JSON instead");
        }
        return review;
    }

    /** {@return the last field of a number, empty if there is none} */
    private static byte[] field(byte[] message, int number) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        byte[] value = {};
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                value = in.readByteArray();
            } else {
                in.skipField(tag);
            }
        }
        return value;
    }

    private static void strings(byte[] message, List<String> names, ObjectNode into) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            if (number <= names.size() && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                into.put(names.get(number - 1), new String(in.readByteArray(), StandardCharsets.UTF_8));
            } else {
                in.skipField(tag);
            }
        }
    }
}
