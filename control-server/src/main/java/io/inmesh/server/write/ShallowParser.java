package io.inmesh.server.write;

import java.io.Reader;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Stops at texts that nest too deep: what makes nodes of them calls itself for each level, and would overflow the stack. */
final class ShallowParser implements Parser {

    private static final int DASHES = 3;

    private final StreamReader reader;
    private final Parser parser;
    private int depth;
    private int start;
    private int line;

    ShallowParser(LoadSettings settings, Reader text) {
        reader = new StreamReader(settings, text);
        parser = new ParserImpl(settings, reader);
    }

    /** {@return where the present document begins, in code points: at its three dashes, or at the beginning of the text} */
    int start() {
        return start;
    }

    /** {@return the line it begins in, from 0} */
    int line() {
        return line;
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
            case DocumentStart -> {
                // Only the first document may do without dashes; behind those nothing has been read yet.
                boolean dashes = ((DocumentStartEvent) event).isExplicit();
                start = dashes ? reader.getIndex() - DASHES : 0;
                line = dashes ? reader.getLine() : 0;
            }
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
