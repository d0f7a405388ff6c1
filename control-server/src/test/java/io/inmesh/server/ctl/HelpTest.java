package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the program says of itself, and that docs/meshctl.md says the same. */
class HelpTest {

    private static final CommandLine PROGRAM = new CommandLine(new MeshCtl());

    @Test
    void theDocumentationHasEveryCommandInTheWordsOfItsHelp() throws IOException {
        StringBuilder table = new StringBuilder("| command | what it does |\n| --- | --- |\n");
        paths(PROGRAM, "")
                .forEach(path -> table.append("| `")
                        .append(path)
                        .append("` | ")
                        .append(description(path))
                        .append(" |\n"));
        java.nio.file.Files.writeString(Path.of("target/meshctl-commands.md"), table);

        String documentation = java.nio.file.Files.readString(Path.of("../docs/meshctl.md"));

        assertThat(documentation)
                .as("docs/meshctl.md has to contain what is in target/meshctl-commands.md")
                .contains(table);
    }

    @Test
    void everyCommandSaysWhatItDoesAndHowItIsUsed() {
        for (String path : paths(PROGRAM, "")) {
            List<String> arguments = new ArrayList<>(List.of(path.split(" ")));
            arguments.add("--help");
            StringWriter out = new StringWriter();
            int exitCode = new CommandLine(new MeshCtl())
                    .setOut(new PrintWriter(out, true))
                    .execute(arguments.toArray(String[]::new));

            assertThat(exitCode).as(path).isEqualTo(ExitCode.OK);
            assertThat(out.toString()).as(path).contains("Usage: meshctl " + path);
            assertThat(description(path)).as(path).isNotEmpty();
        }
    }

    @Test
    void commandsThatOnlyHaveOthersBelowThemSayWhich() {
        List<String> groups = groups(PROGRAM, "");

        assertThat(groups).contains("ca", "ca root", "rollout");
        for (String path : groups) {
            List<String> arguments = new ArrayList<>(List.of(path.split(" ")));
            arguments.add("--help");
            assertThat(said(ExitCode.OK, arguments))
                    .contains("Usage: meshctl " + path)
                    .contains(command(path).getSubcommands().keySet());
        }
    }

    private static List<String> groups(CommandLine command, String before) {
        List<String> groups = new ArrayList<>();
        command.getSubcommands().forEach((name, sub) -> {
            if (!sub.getSubcommands().isEmpty()) {
                groups.add(before + name);
                groups.addAll(groups(sub, before + name + " "));
            }
        });
        return groups;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "get", "ca root", "ca root list"})
    void helpSaysWhatTheOptionSays(String path) {
        List<String> words = path.isEmpty() ? List.of() : List.of(path.split(" "));
        List<String> asWord = new ArrayList<>(List.of("help"));
        asWord.addAll(words);
        List<String> asOption = new ArrayList<>(words);
        asOption.add("--help");

        assertThat(said(ExitCode.OK, asWord))
                .isEqualTo(said(ExitCode.OK, asOption))
                .contains("Usage: meshctl " + path);
    }

    @Test
    void helpOfACommandThatIsNotThereIsAMistake() {
        assertThat(said(ExitCode.USAGE, List.of("help", "ca", "rot"))).contains("'rot'", "ca root");
    }

    private static String said(int exitCode, List<String> arguments) {
        StringWriter said = new StringWriter();
        PrintWriter both = new PrintWriter(said, true);

        assertThat(new CommandLine(new MeshCtl()).setOut(both).setErr(both).execute(arguments.toArray(String[]::new)))
                .as(() -> arguments + ": " + said)
                .isEqualTo(exitCode);
        return said.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void scriptsForShellsKnowEveryCommandAndOption(String shell) {
        StringWriter out = new StringWriter();
        int exitCode = new CommandLine(new MeshCtl())
                .setOut(new PrintWriter(out, true))
                .execute("completion", shell);

        assertThat(exitCode).isEqualTo(ExitCode.OK);
        for (String path : paths(PROGRAM, "")) {
            assertThat(out.toString()).contains(path.substring(path.lastIndexOf(' ') + 1));
        }
        assertThat(out.toString()).contains("max-rps", "namespace");
        assertThat(out.toString().lines().filter(line -> line.startsWith("complete ")))
                .as("lines that register the completion")
                .isNotEmpty();
    }

    @Test
    void fishIsToldWhatFollowsAnOption() {
        StringWriter out = new StringWriter();
        new CommandLine(new MeshCtl()).setOut(new PrintWriter(out, true)).execute("completion", "fish");

        assertThat(out.toString().lines().filter(line -> line.contains("__fish_seen_subcommand_from analyze'")))
                .as("a file, one of some words, something only the user knows, nothing")
                .anyMatch(line -> line.contains(" -l filename -r -F "))
                .anyMatch(line -> line.contains(" -l failure-threshold -x -a 'ERROR WARNING' "))
                .anyMatch(line -> line.contains(" -l trust-domain -x -d "))
                .anyMatch(line -> line.contains(" -l help -d "));
        assertThat(out.toString().lines().filter(line -> line.contains("__fish_seen_subcommand_from completion;")))
                .anyMatch(line -> line.endsWith(" -a 'bash zsh fish'"));
        assertThat(out.toString().lines().filter(line -> line.contains("__fish_seen_subcommand_from get;")))
                .as("words at their places, and names that the program is asked for")
                .anyMatch(line -> line.contains("test (__meshctl_words) -eq 1' -a '") && line.contains(" services "))
                .anyMatch(line -> line.endsWith("test (__meshctl_words) -eq 2' -a '(__meshctl_names)'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void whatScriptsAskForNamesIsShownToNobody(String shell) {
        StringWriter out = new StringWriter();
        new CommandLine(new MeshCtl()).setOut(new PrintWriter(out, true)).execute("completion", shell);

        assertThat(out.toString().lines().filter(line -> line.contains(OffersCommand.NAME)))
                .as("calls of it")
                .hasSize(1);
    }

    @Test
    void shellsOfferTheFormsOfOutputThatTheHelpNames() {
        for (String path : paths(PROGRAM, "")) {
            CommandLine.Model.OptionSpec output = command(path).getCommandSpec().findOption("-o");
            if (output != null && output.auxiliaryTypes()[0] == String.class) {
                assertThat(output.completionCandidates()).as(path).isNotNull();
                assertThat(output.description()[0].split("\\W+"))
                        .as(path)
                        .contains(
                                String.join(" ", output.completionCandidates()).split(" "));
                assertThat(output.completionCandidates()).as(path).contains(output.defaultValue());
            }
        }
    }

    @Test
    void anotherShellIsAMistake() {
        StringWriter err = new StringWriter();
        int exitCode = new CommandLine(new MeshCtl())
                .setErr(new PrintWriter(err, true))
                .execute("completion", "tcsh");

        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("bash, zsh and fish");
    }

    private static List<String> paths(CommandLine command, String before) {
        List<String> paths = new ArrayList<>();
        command.getSubcommands().forEach((name, sub) -> {
            String path = before + name;
            if (sub.getSubcommands().isEmpty()) {
                paths.add(path);
            } else {
                paths.addAll(paths(sub, path + " "));
            }
        });
        return paths.stream().sorted().toList();
    }

    private static String description(String path) {
        String[] lines = command(path).getCommandSpec().usageMessage().description();
        return lines.length == 0 ? "" : lines[0].replace("|", "\\|");
    }

    private static CommandLine command(String path) {
        CommandLine command = PROGRAM;
        for (String name : path.split(" ")) {
            command = command.getSubcommands().get(name);
        }
        return command;
    }
}
