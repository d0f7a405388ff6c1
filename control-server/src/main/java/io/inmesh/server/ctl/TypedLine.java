package io.inmesh.server.ctl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A command line as far as somebody has typed it. Mistakes in it are passed over: who wants to complete a word is not done yet.
 *
 * @param argument what the last word is to be; null if that is a command, an option's own name, or nothing that is known
 * @param words parameters of the command before the last word
 * @param options values of options before the last word, by the longest name of each
 * @param last beginning of the last word; empty after a space
 */
record TypedLine(@Nullable ArgSpec argument, List<String> words, Map<String, String> options, String last) {

    /**
     * {@return what a line means}
     *
     * @param program the command its first word stands for
     * @param line the line up to the cursor
     */
    static TypedLine of(CommandSpec program, String line) {
        List<String> typed = ShellWords.of(line);
        String last = typed.get(typed.size() - 1);
        CommandSpec command = program;
        List<String> words = new ArrayList<>();
        Map<String, String> options = new LinkedHashMap<>();
        OptionSpec open = null;
        for (String word : typed.subList(Math.min(1, typed.size() - 1), typed.size() - 1)) {
            if (open != null) {
                options.put(open.longestName(), word);
                open = null;
            } else if (word.startsWith("-")) {
                int equals = word.indexOf('=');
                OptionSpec option = command.findOption(equals < 0 ? word : word.substring(0, equals));
                if (option != null && option.arity().max() > 0) {
                    if (equals < 0) {
                        open = option;
                    } else {
                        options.put(option.longestName(), word.substring(equals + 1));
                    }
                }
            } else if (words.isEmpty() && command.subcommands().containsKey(word)) {
                command = command.subcommands().get(word).getCommandSpec();
            } else {
                words.add(word);
            }
        }
        ArgSpec argument = open;
        if (open == null && !last.startsWith("-") && typed.size() > 1) {
            argument = parameter(command, words.size());
        }
        return new TypedLine(argument, List.copyOf(words), options, last);
    }

    private static @Nullable ArgSpec parameter(CommandSpec command, int index) {
        return command.positionalParameters().stream()
                .filter(parameter -> parameter.index().contains(index))
                .findFirst()
                .orElse(null);
    }

    /** {@return what names the last word may be, as far as that takes a look at the server or the contexts} */
    Optional<Offer> offer() {
        return Optional.ofNullable(argument).flatMap(TypedLine::offer);
    }

    /** {@return what names an argument may be} */
    static Optional<Offer> offer(ArgSpec argument) {
        return argument.userObject() instanceof java.lang.reflect.AnnotatedElement element
                ? Optional.ofNullable(element.getAnnotation(Offered.class)).map(Offered::value)
                : Optional.empty();
    }
}
