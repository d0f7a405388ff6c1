package io.inmesh.server.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads files of one or more YAML (or JSON) documents. */
public final class Documents {

    private static final YAMLMapper YAML =
            YAMLMapper.builder().enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL).build();

    private Documents() {}

    /** A text that is not YAML, or not of resources. */
    public static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }
    }

    /**
     * {@return the documents of a text; a {@code List} is taken apart, empty documents are left out}
     *
     * @throws UnreadableException if it cannot be read; the message names document and line
     */
    public static List<ObjectNode> read(String text) throws UnreadableException {
        List<ObjectNode> documents = new ArrayList<>();
        int number = 0;
        try (MappingIterator<JsonNode> nodes = YAML.readerFor(JsonNode.class).readValues(text)) {
            while (nodes.hasNextValue()) {
                JsonNode node = nodes.nextValue();
                number++;
                if (node == null || node.isNull() || node.isMissingNode()) {
                    continue;
                }
                if (!(node instanceof ObjectNode object)) {
                    throw new UnreadableException("document " + number + " is not a resource but " + kindOf(node)
                            + "; a resource has apiVersion, kind and metadata");
                }
                if (object.path("kind").asText().equals("List")
                        && object.path("items").isArray()) {
                    object.path("items").forEach(item -> documents.add((ObjectNode) item));
                } else {
                    documents.add(object);
                }
            }
            return documents;
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : ", line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new UnreadableException(
                    "document " + (number + 1) + where + " is not valid YAML: " + firstLine(e.getOriginalMessage()));
        } catch (IOException | ClassCastException e) {
            throw new UnreadableException("document " + (number + 1) + " cannot be read: " + e.getMessage());
        }
    }

    private static String kindOf(JsonNode node) {
        return node.isArray() ? "a list" : "\"" + node.asText() + "\"";
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
