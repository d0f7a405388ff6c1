package io.inmesh.server.ctl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
        Set<String> withValues = new TreeSet<>();
        optionsWithValues(program, withValues);
        StringBuilder script = new StringBuilder("complete -c " + name + " -f\n")
                .append("set -g __meshctl_options_with_values ")
                .append(String.join(" ", withValues))
                .append('\n')
                .append(CompletionCommand.script("completion.fish"));
        commands(program, name, List.of(), script);
        return script.toString();
    }

    private static void optionsWithValues(CommandSpec command, Set<String> found) {
        command.options().stream()
                .filter(option -> option.arity().max() > 0)
                .forEach(option -> found.addAll(List.of(option.names())));
        command.subcommands().values().forEach(below -> optionsWithValues(below.getCommandSpec(), found));
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
            if (parameter.completionCandidates() != null
                    || TypedLine.offer(parameter).isPresent()) {
                script.append("complete -c ")
                        .append(program)
                        .append(" -n ")
                        .append(quoted(here + "; and " + place(parameter, path.size())))
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
        if (option.completionCandidates() != null || TypedLine.offer(option).isPresent()) {
            return " -x -a " + words(option);
        }
        return option.auxiliaryTypes()[0].equals(Path.class) ? " -r -F" : " -x";
    }

    private static String words(ArgSpec argument) {
        return argument.completionCandidates() == null
                ? "'(__meshctl_names)'"
                : quoted(String.join(" ", argument.completionCandidates()));
    }

    /** When as many words stand before the cursor as before a parameter of a command at that depth. */
    private static String place(PositionalParamSpec parameter, int depth) {
        int first = depth + parameter.index().min();
        return "test (__meshctl_words) " + (parameter.index().isVariable() ? "-ge " : "-eq ") + first;
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
