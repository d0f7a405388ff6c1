package io.inmesh.server.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code help ca root} for those who are used to it: what {@code ca root --help} says. */
@Command(
        name = "help",
        description = "Says what a command does, as COMMAND --help; without one, which commands there are.")
final class HelpCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "A command, with that below it if there is one.")
    private List<String> path = new ArrayList<>();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Says what this command does.")
    private boolean help;

    @Override
    public Integer call() {
        CommandLine own = Objects.requireNonNull(spec).commandLine();
        CommandLine shown = own.getParent();
        for (String word : path) {
            CommandLine below = shown.getSubcommands().get(word);
            if (below == null) {
                throw new UnmatchedArgumentException(shown, List.of(word));
            }
            shown = below;
        }
        shown.usage(own.getOut());
        return ExitCode.OK;
    }
}
