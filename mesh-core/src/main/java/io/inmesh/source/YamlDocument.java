package io.inmesh.source;

import io.inmesh.snapshot.Problem;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Turns a text into values. Apart from {@link MeshConfigYaml}, which must load where the parser is absent. */
final class YamlDocument {

    private YamlDocument() {}

    /** {@return the only document in a text} */
    static Value parse(Reading reading, String name, String yaml) {
        LoadSettings settings = LoadSettings.builder().setLabel(name).build();
        try {
            return new Compose(settings)
                    .composeString(yaml)
                    .map(node -> new Value(reading, node, ""))
                    .orElseThrow(() -> failure(name, "is empty", "describe at least one cluster and one virtual host"));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw failure(name + " line " + line, "is not YAML: " + e.getProblem(), "correct it");
        } catch (YamlEngineException e) {
            throw failure(name, "is not one YAML document: " + e.getMessage(), "correct it");
        }
    }

    private static ConfigFileException failure(String place, String message, String remedy) {
        return new ConfigFileException(List.of(new Problem(place, "", message, remedy)));
    }
}
