package io.inmesh.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsFileTest {

    @TempDir
    private Path folder;

    enum Colour {
        RED,
        DARK_BLUE
    }

    @Test
    void readsEachTypeOfValue() throws IOException {
        Section settings = read("""
                access:
                  users: [ann, bob]
                  idle: 1h30m
                  colour: dark-blue
                  open: true
                  size: 7
                  key: keys/ca.pem
                  labels: {a: b, n: 1}
                rules:
                - {name: first}
                - {name: second}
                """);
        Section access = settings.section("access");

        assertThat(access.texts("users")).containsExactly("ann", "bob");
        assertThat(access.duration("idle", Duration.ZERO)).isEqualTo(Duration.ofMinutes(90));
        assertThat(access.choice("colour", Colour.class, Colour.RED)).isEqualTo(Colour.DARK_BLUE);
        assertThat(access.flag("open", false)).isTrue();
        assertThat(access.number("size", 0, 1, 9)).isEqualTo(7);
        assertThat(access.file("key")).contains(folder.resolve("keys/ca.pem"));
        assertThat(access.textMap("labels")).isEqualTo(Map.of("a", "b", "n", "1"));
        assertThat(settings.sections("rules"))
                .extracting(rule -> rule.text("name"))
                .containsExactly("first", "second");
        settings.end();
    }

    @Test
    void whatCannotBeReadIsNamedWithTheReason() throws IOException {
        Path binary = Files.write(folder.resolve("key.der"), new byte[] {'a', ':', ' ', (byte) 0xff});
        assertThatThrownBy(() -> SettingsFile.read(binary))
                .hasMessage(binary + " is no text in UTF-8; is it the right file?");
        assertThatThrownBy(() -> SettingsFile.read(folder)).hasMessageContaining(folder + " cannot be read (");
        Path absent = folder.resolve("absent.yaml");
        assertThatThrownBy(() -> SettingsFile.read(absent))
                .hasMessage("there is no file " + absent + "; correct its name");
    }

    @Test
    void anAbsentSectionGivesEveryFallback() {
        Section access = SettingsFile.none().section("access");

        assertThat(access.text("name", "x")).isEqualTo("x");
        assertThat(access.texts("users")).isEmpty();
        assertThat(access.sections("rules")).isEmpty();
        assertThat(access.has("name")).isFalse();
        access.end();
    }

    @Test
    void aFieldNobodyKnowsIsAnErrorHoweverDeep() throws IOException {
        Section settings = read("access:\n  users:\n  - {name: ann, pasword: x}\n");
        settings.section("access").sections("users").forEach(user -> user.text("name"));

        assertThatThrownBy(settings::end)
                .isInstanceOf(SettingsException.class)
                .hasMessageEndingWith("settings.yaml: access.users[0].pasword is unknown; known here are [name]");
    }

    @Test
    void aSectionNobodyKnowsIsAnError() throws IOException {
        Section settings = read("acess: {}\n");
        settings.section("access");

        assertThatThrownBy(settings::end).hasMessageContaining("acess is unknown; known here are [access]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s: {size: many}       | s.size is \"many\" but has to be a whole number from 1 to 9",
                "s: {size: 10}         | s.size is \"10\" but has to be a whole number from 1 to 9",
                "s: {idle: soon}       | s.idle is \"soon\" but has to be a duration",
                "s: {idle: 0s}         | s.idle is \"0s\" but has to be a duration",
                "s: {colour: green}    | s.colour is \"green\" but has to be one of [RED, DARK_BLUE]",
                "s: {open: perhaps}    | s.open is \"perhaps\" but has to be true or false",
                "s: {users: ann}       | s.users has to be a list",
                "s: {users: [[ann]]}   | s.users[0] has to be a text",
                "s: {name: [ann]}      | s.name has to be a text",
                "s: {name: '  '}       | s.name is empty",
                "'s:'                  | s is empty; give it a value or leave it out",
                "s: {size: }           | s.size is empty; give it a value or leave it out",
                "s: {users: }          | s.users is empty; give it a value or leave it out",
                "s: {users: [null]}    | s.users[0] has to be a text",
                "s: []                 | s has to be an object with fields",
                "'[]'                  | has to be a YAML object",
                "'s: {'                | is no YAML",
                "'{s: {}, s: {}}'      | is no YAML",
                "s: {x: 1}             | s.name is missing",
            })
    void aWrongValueNamesFieldAndRemedy(String yaml, String message) {
        assertThatThrownBy(() -> {
                    Section s = read(yaml).section("s");
                    s.number("size", 1, 1, 9);
                    s.duration("idle", Duration.ZERO);
                    s.choice("colour", Colour.class, Colour.RED);
                    s.flag("open", false);
                    s.texts("users");
                    s.text("name");
                })
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("settings.yaml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"s3cret",
                "'s3cret",
                "\"s3cret\"s3cret",
                "a: s3cret",
                "*s3cret",
                "!s3cret",
                "!s3cret!s3cret x",
                "@s3cret"
            })
    void whatIsNoYamlIsNotQuotedSinceItMayBeASecret(String value) {
        assertThatThrownBy(() -> read("user:\n  token: " + value + "\n"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("settings.yaml is no YAML, line ")
                .hasMessageContaining(", column ")
                .hasMessageNotContainingAny("s3cret", "\n");
    }

    @Test
    void anEmptyFileIsOneWithoutSections() throws IOException {
        assertThat(read("# nothing yet\n").names()).isEmpty();
    }

    /** Whoever asks whether a section is there must not take one without fields for none: it may be the one that protects. */
    @Test
    void aFieldWithoutValueIsNoAbsentOne() throws IOException {
        Section settings = read("access:\nlabels: {a: }\n");

        assertThatThrownBy(() -> settings.has("access")).hasMessageContaining("access is empty; give it a value");
        assertThatThrownBy(() -> settings.textMap("labels")).hasMessageContaining("labels.a is empty");
    }

    /** As kubectl writes them. */
    @Test
    void aFieldWithoutValueIsNoneInFilesOfOthers() throws IOException {
        Path file = Files.writeString(
                folder.resolve("config"), "users:\ncurrent-context: a\ncontexts: [{name: a, context: {user: }}]\n");

        Section config = SettingsFile.readOfOthers(file);

        assertThat(config.has("users")).isFalse();
        assertThat(config.sections("contexts").get(0).section("context").optionalText("user"))
                .isEmpty();
    }

    private Section read(String yaml) throws IOException {
        return SettingsFile.read(Files.writeString(folder.resolve("settings.yaml"), yaml));
    }
}
