package io.inmesh.server.ctl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What fish has to know to complete a command line: one line for each command and each option, by the commands before it. */
final class FishCompletion {

    private FishCompletion() {}

    /** {@return the script for a program of that name} */
    static String of(CommandSpec program, String name) {
        StringBuilder script = new StringBuilder("complete -c " + name + " -f\n");
        commands(program, name, List.of(), script);
        return script.toString();
    }

    private static void commands(CommandSpec command, String program, List<String> path, StringBuilder script) {
        String here = condition(command, path);
        for (OptionSpec option : command.options()) {
            script.append("complete -c ").append(program).append(" -n ").append(quoted(here));
            for (String spelling : option.names()) {
                script.append(spelling.startsWith("--") ? " -l " : " -s ").append(spelling.replaceFirst("^-+", ""));
            }
            script.append(value(option))
                    .append(" -d ")
                    .append(quoted(first(option.description())))
                    .append('\n');
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            if (parameter.completionCandidates() != null) {
                script.append("complete -c ")
                        .append(program)
                        .append(" -n ")
                        .append(quoted(here))
                        .append(" -a ")
                        .append(words(parameter))
                        .append('\n');
            }
        }
        for (Map.Entry<String, CommandLine> sub : command.subcommands().entrySet()) {
            CommandSpec below = sub.getValue().getCommandSpec();
            script.append("complete -c ")
                    .append(program)
                    .append(" -n ")
                    .append(quoted(here))
                    .append(" -a ")
                    .append(sub.getKey())
                    .append(" -d ")
                    .append(quoted(first(below.usageMessage().description())))
                    .append('\n');
            List<String> longer = new ArrayList<>(path);
            longer.add(sub.getKey());
            commands(below, program, longer, script);
        }
    }

    /** What may follow an option: nothing, a file, one of some words, or something that only the user knows. */
    private static String value(OptionSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        if (option.completionCandidates() != null) {
            return " -x -a " + words(option);
        }
        return option.auxiliaryTypes()[0].equals(Path.class) ? " -r -F" : " -x";
    }

    private static String words(ArgSpec argument) {
        return quoted(String.join(" ", argument.completionCandidates()));
    }

    /** When the command line has come to just this command. */
    private static String condition(CommandSpec command, List<String> path) {
        List<String> parts = new ArrayList<>();
        path.forEach(word -> parts.add("__fish_seen_subcommand_from " + word));
        if (!command.subcommands().isEmpty()) {
            parts.add("not __fish_seen_subcommand_from "
                    + String.join(" ", command.subcommands().keySet()));
        }
        return parts.isEmpty() ? "true" : String.join("; and ", parts);
    }

    private static String first(String[] description) {
        return description.length == 0 ? "" : description[0].replace("${DEFAULT-VALUE}", "the usual");
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
