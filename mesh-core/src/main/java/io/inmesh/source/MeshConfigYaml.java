package io.inmesh.source;

import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a {@link MeshConfig} from YAML. The form is described in {@code docs/config-file.md}. */
public final class MeshConfigYaml {

    private static final String PARSER = "org.snakeyaml.engine.v2.api.lowlevel.Compose";

    private MeshConfigYaml() {}

    /**
     * {@return the config in a file}
     *
     * @param file a file in UTF-8
     * @throws ConfigFileException if anything in it is not understood
     * @throws IOException if it cannot be read
     * @throws IllegalStateException if the YAML parser, an optional dependency, is not on the class path
     */
    public static MeshConfig read(Path file) throws IOException {
        return parse(String.valueOf(file.getFileName()), Files.readString(file));
    }

    /**
     * {@return the config in a text}
     *
     * @param name what to call the text in messages and explanations
     * @param yaml the text
     * @throws ConfigFileException if anything in it is not understood
     * @throws IllegalStateException if the YAML parser, an optional dependency, is not on the class path
     */
    public static MeshConfig parse(String name, String yaml) {
        requireParser();
        Reading reading = new Reading(name);
        MeshConfig config = YamlDocument.parse(reading, name, yaml).<MeshConfig>read(MeshConfigYaml::mesh);
        if (!reading.problems().isEmpty()) {
            throw new ConfigFileException(reading.problems());
        }
        return Objects.requireNonNull(config);
    }

    private static void requireParser() {
        try {
            Class.forName(PARSER, false, MeshConfigYaml.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "Reading a config file needs the dependency org.snakeyaml:snakeyaml-engine; add it, or build the"
                            + " config with MeshConfig.builder()",
                    e);
        }
    }

    private static MeshConfig mesh(Section file) {
        return new MeshConfig(
                file.text("version", "1"),
                all(file.list("virtualHosts"), VirtualHostReader::read),
                all(file.list("clusters"), ClusterReader::read),
                file.section("inbound", InboundReader::read, InboundConfig.OPEN));
    }

    /** {@return what a reader makes of those mappings that it understands} */
    static <T> List<T> all(List<Value> values, Function<Section, ? extends @Nullable T> reader) {
        return values.stream()
                .map(value -> value.<T>read(reader))
                .filter(Objects::nonNull)
                .<T>map(Objects::requireNonNull)
                .toList();
    }
}
