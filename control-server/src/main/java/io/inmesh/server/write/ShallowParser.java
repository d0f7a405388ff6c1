package io.inmesh.server.write;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Stops at texts that nest too deep: what makes nodes of them calls itself for each level, and would overflow the stack. */
final class ShallowParser implements Parser {

    private final Parser parser;
    private int depth;

    ShallowParser(LoadSettings settings, String text) {
        parser = new ParserImpl(settings, new StreamReader(settings, text));
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
        return parser.peekEvent();
    }

    @Override
    public boolean hasNext() {
        return parser.hasNext();
    }

    @Override
    public Event next() {
        Event event = parser.next();
        switch (event.getEventId()) {
            case MappingStart, SequenceStart -> depth++;
            case MappingEnd, SequenceEnd -> depth--;
            default -> {
                // Scalars and aliases are as deep as what they are in.
            }
        }
        if (depth > YamlTree.MAX_DEPTH) {
            throw new ParserException(
                    "it is nested more than " + YamlTree.MAX_DEPTH + " levels deep", event.getStartMark());
        }
        return event;
    }
}
