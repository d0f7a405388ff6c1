package io.inmesh.server.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.composer.Composer;

/** What is read the short way is what would be read the long way. */
class PlainYamlTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final long SEED = 7;
    private static final int TEXTS = 300;
    private static final List<String> WORDS = List.of(
            "reviews",
            "",
            "yes",
            "null",
            "~",
            "1.10",
            "017",
            "0x1F",
            "1e3",
            ".5",
            "true",
            " padded ",
            "- dash",
            "a: b",
            "#no remark",
            "two\nlines\n",
            "\uD83D\uDE00",
            "quote\"s",
            "'",
            "*",
            "&x",
            "!t",
            "%",
            "---");

    @Test
    void theFilesOfThisProjectComeOutTheSame() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of("../samples"))) {
            files = all.filter(file -> file.toString().endsWith(".yaml")
                            && !file.toString().contains("target"))
                    .toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            String text = Files.readString(file);
            assertThat(plain(text)).as(file.toString()).isEqualTo(theLongWay(text));
        }
    }

    @Test
    void textsMadeAtRandomComeOutTheSame() throws Exception {
        Random random = new Random(SEED);
        YAMLMapper writer = new YAMLMapper();
        for (int i = 0; i < TEXTS; i++) {
            JsonNode made = value(random, 4);
            String text = writer.writeValueAsString(made);
            assertThat(plain(text)).as(text).isEqualTo(theLongWay(text));
            String inFlow = "--- " + made + "\n--- " + made;
            assertThat(plain(inFlow)).as(inFlow).isEqualTo(theLongWay(inFlow));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: &x 1",
                "a: &x [1]",
                "a: &x {b: 1}",
                "&x a: 1",
                "a: *x",
                "<<: {a: 1}",
                "a: !!str 1",
                "!t {a: 1}",
                "a: ! 1",
                "a: !t [1]",
                "!!str a: 1",
                "? [a]\n: b",
                "a: 1\na: 2",
                "a: .inf"
            })
    void whatIsMoreThanPlainIsLeftToTheLongWay(String text) {
        assertThatThrownBy(() -> plain(text)).isInstanceOf(UnreadableException.class);
    }

    private static JsonNode value(Random random, int depth) {
        int sort = random.nextInt(depth == 0 ? 4 : 7);
        if (sort < 2) {
            return JSON.textNode(WORDS.get(random.nextInt(WORDS.size())));
        } else if (sort == 2) {
            return JSON.numberNode(random.nextInt(2_000) - 1_000);
        } else if (sort == 3) {
            return random.nextBoolean() ? JSON.nullNode() : JSON.booleanNode(random.nextBoolean());
        } else if (sort == 4) {
            ArrayNode list = JSON.arrayNode();
            for (int i = random.nextInt(4); i > 0; i--) {
                list.add(value(random, depth - 1));
            }
            return list;
        }
        ObjectNode object = JSON.objectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            object.set("name-" + random.nextInt(9), value(random, depth - 1));
        }
        return object;
    }

    private static List<JsonNode> plain(String text) throws UnreadableException {
        List<JsonNode> documents = new ArrayList<>();
        PlainYaml plain = new PlainYaml(Documents.WITHOUT_MARKS, new StringReader(text));
        while (plain.hasNext()) {
            documents.add(plain.next());
        }
        return documents;
    }

    private static List<JsonNode> theLongWay(String text) throws UnreadableException {
        List<JsonNode> documents = new ArrayList<>();
        Composer nodes =
                new Composer(Documents.WITH_MARKS, new ShallowParser(Documents.WITH_MARKS, new StringReader(text)));
        while (nodes.hasNext()) {
            documents.add(new YamlTree(new HashMap<>(), null).read(nodes.next()));
        }
        return documents;
    }
}
