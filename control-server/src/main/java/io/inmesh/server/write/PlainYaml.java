package io.inmesh.server.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Reader;
import java.util.HashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;

/**
 * Reads the documents of a text that has neither anchors nor tags nor mistakes, as nearly all have, straight from what the parser finds. For
 * any other text there is {@link YamlTree}, which takes longer and says what is wrong.
 */
final class PlainYaml {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ShallowParser parser;
    private final ScalarResolver resolver;
    private final Map<String, String> names = new HashMap<>();
    private int values;

    PlainYaml(LoadSettings settings, Reader text) {
        this.parser = new ShallowParser(settings, text);
        this.resolver = settings.getSchema().getScalarResolver();
        parser.next();
    }

    /** {@return whether there is another document} */
    boolean hasNext() {
        return !parser.checkEvent(Event.ID.StreamEnd);
    }

    /**
     * {@return the next document}
     *
     * @throws UnreadableException if it takes more than this to read it; the message is for nobody
     */
    JsonNode next() throws UnreadableException {
        parser.next();
        values = 0;
        JsonNode root = value((NodeEvent) parser.next());
        parser.next();
        return root;
    }

    /** {@return where the document begins that was read last, in code points} */
    int start() {
        return parser.start();
    }

    /** {@return the line it begins in, from 0} */
    int line() {
        return parser.line();
    }

    private JsonNode value(NodeEvent event) throws UnreadableException {
        demand(++values <= YamlTree.MAX_NODES && event.getAnchor().isEmpty());
        return switch (event.getEventId()) {
            case Scalar -> scalar((ScalarEvent) event);
            case SequenceStart -> list((CollectionStartEvent) event);
            case MappingStart -> object((CollectionStartEvent) event);
            default -> throw new UnreadableException("is more than plain");
        };
    }

    private JsonNode scalar(ScalarEvent event) throws UnreadableException {
        demand(event.getTag().isEmpty());
        String text = event.getValue();
        try {
            return YamlTree.scalar(resolver.resolve(text, event.getImplicit().canOmitTagInPlainScalar()), text);
        } catch (NumberFormatException e) {
            throw new UnreadableException("has no number of JSON's");
        }
    }

    private ArrayNode list(CollectionStartEvent start) throws UnreadableException {
        begin(start);
        ArrayNode list = JSON.arrayNode();
        while (!parser.checkEvent(Event.ID.SequenceEnd)) {
            list.add(value((NodeEvent) parser.next()));
        }
        parser.next();
        return list;
    }

    private ObjectNode object(CollectionStartEvent start) throws UnreadableException {
        begin(start);
        ObjectNode object = JSON.objectNode();
        while (!parser.checkEvent(Event.ID.MappingEnd)) {
            Event key = parser.next();
            demand(key instanceof ScalarEvent scalar
                    && scalar.getAnchor().isEmpty()
                    && scalar.getTag().isEmpty()
                    && !scalar.getValue().equals("<<"));
            String name = names.computeIfAbsent(((ScalarEvent) key).getValue(), String::intern);
            demand(object.replace(name, value((NodeEvent) parser.next())) == null);
        }
        parser.next();
        return object;
    }

    /** A collection counts as one value and each that is in it as another, as they do the long way. */
    private void begin(CollectionStartEvent start) throws UnreadableException {
        values++;
        demand(start.getTag().isEmpty());
    }

    private static void demand(boolean plain) throws UnreadableException {
        if (!plain) {
            throw new UnreadableException("is more than plain");
        }
    }
}
