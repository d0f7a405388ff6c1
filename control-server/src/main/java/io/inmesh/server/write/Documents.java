package io.inmesh.server.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Reads texts of one or more resources: YAML 1.2 with any number of documents, or JSON. */
public final class Documents {

    /** Largest text taken, in characters. A larger one is applied in parts. */
    public static final int MAX_CHARACTERS = 1 << 20;

    private static final int MAX_ALIASES = 100;

    /** Most resources of one text. */
    private static final int MAX_DOCUMENTS = 5_000;

    private static final String REMEDY = "; correct the text there, or check its indentation, brackets and quotes";

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(YamlTree.MAX_DEPTH)
                            .build())
                    .build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The parser is to tell where everything is, which takes it longer. */
    static final LoadSettings WITH_MARKS = settings(true);

    static final LoadSettings WITHOUT_MARKS = settings(false);

    /** Leaves merge keys to {@link YamlTree}: the parser would never come to the end of a mapping that merges itself. */
    private static final class Schema extends CoreSchema {

        @Override
        public ScalarResolver getScalarResolver() {
            return new CoreScalarResolver(false);
        }
    }

    private Documents() {}

    private static LoadSettings settings(boolean marks) {
        return LoadSettings.builder()
                .setSchema(new Schema())
                .setCodePointLimit(MAX_CHARACTERS)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setUseMarks(marks)
                .build();
    }

    /**
     * {@return the documents of a text; a {@code List} is taken apart, empty documents are left out}
     *
     * @throws UnreadableException if it cannot be read; the message names document and line
     */
    public static List<Document> read(String text) throws UnreadableException {
        if (text.length() > MAX_CHARACTERS) {
            throw new UnreadableException("is larger than " + MAX_CHARACTERS + " characters; apply it in parts");
        }
        List<Document> documents = new ArrayList<>();
        if (text.stripLeading().startsWith("{") && json(text, documents)) {
            return documents;
        }
        try {
            return plain(text);
        } catch (UnreadableException | YamlEngineException e) {
            return yaml(text);
        }
    }

    private static List<Document> plain(String text) throws UnreadableException {
        List<Document> documents = new ArrayList<>();
        Places places = new Places(text);
        PlainYaml plain = new PlainYaml(WITHOUT_MARKS, new StringReader(text));
        for (int number = 1; plain.hasNext(); number++) {
            JsonNode body = plain.next();
            add(body, number, places.lines(plain.start(), plain.line()), documents);
        }
        return documents;
    }

    private static List<Document> yaml(String text) throws UnreadableException {
        List<Document> documents = new ArrayList<>();
        Places places = new Places(text);
        int number = 1;
        Map<String, String> names = new HashMap<>();
        try {
            ShallowParser parser = new ShallowParser(WITH_MARKS, new StringReader(text));
            Iterator<Node> nodes = new Composer(WITH_MARKS, parser);
            while (nodes.hasNext()) {
                JsonNode body = new YamlTree(names, null).read(nodes.next());
                add(body, number, places.lines(parser.start(), parser.line()), documents);
                number++;
            }
            return documents;
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(mark -> ", line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
                    .orElse("");
            throw new UnreadableException(
                    "document " + number + where + " is not valid YAML: " + firstLine(e.getProblem()) + REMEDY);
        } catch (YamlEngineException e) {
            throw new UnreadableException(
                    "document " + number + " is not valid YAML: " + firstLine(String.valueOf(e.getMessage())) + REMEDY);
        } catch (UnreadableException e) {
            throw new UnreadableException("document " + number + ": " + e.getMessage());
        }
    }

    /** Where documents begin: the parser counts code points, of which some take two characters. */
    private static final class Places {
        private final String text;
        private int characters;
        private int codePoints;

        Places(String text) {
            this.text = text;
        }

        Lines lines(int start, int before) {
            characters = text.offsetByCodePoints(characters, start - codePoints);
            codePoints = start;
            return Lines.of(text, characters, before);
        }
    }

    /** YAML may begin with a brace too, so what is no JSON is not yet wrong. */
    private static boolean json(String text, List<Document> documents) throws UnreadableException {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            if (e.getOriginalMessage().startsWith("Duplicate field")) {
                throw new UnreadableException("document 1, line "
                        + e.getLocation().getLineNr() + ": " + e.getOriginalMessage() + "; keep one of them");
            }
            return false;
        }
        add(node, 1, Lines.UNKNOWN, documents);
        return true;
    }

    private static void add(JsonNode node, int number, Lines lines, List<Document> documents)
            throws UnreadableException {
        if (node.isNull() || node.isMissingNode()) {
            return;
        }
        if (!(node instanceof ObjectNode object)) {
            throw new UnreadableException("is not a resource but " + (node.isArray() ? "a list" : node.toString())
                    + "; a resource has apiVersion, kind and metadata");
        }
        if (object.path("kind").asText().equals("List") && object.path("items").isArray()) {
            // All of them ask the same, so that the list is read once more at most, however many they are.
            Lines ofItems = lines.ofItem();
            for (JsonNode item : object.path("items")) {
                add(item, number, ofItems, documents);
            }
        } else {
            if (documents.size() >= MAX_DOCUMENTS) {
                throw new UnreadableException(
                        "there are more than " + MAX_DOCUMENTS + " resources; apply them in parts");
            }
            documents.add(new Document(object, number, lines));
        }
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
