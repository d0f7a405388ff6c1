package io.inmesh.server.ctl;

import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = {
            "Prints a script by which a shell completes commands and options. Asks no server.",
            "bash: source <(meshctl completion bash)",
            "zsh: source <(meshctl completion zsh)",
            "fish: meshctl completion fish | source"
        })
final class CompletionCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.", completionCandidates = Shells.class)
    private String shell = "";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Says what this command does.")
    private boolean help;

    /** The shells there are scripts for. */
    static final class Shells implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return List.of("bash", "zsh", "fish").iterator();
        }
    }

    @Override
    public Integer call() {
        CommandLine own = Objects.requireNonNull(spec).commandLine();
        String name = MeshCtl.NAME;
        switch (shell) {
            // One script for both: in zsh it has zsh take completions of bash.
            case "bash", "zsh" -> own.getOut().print(AutoComplete.bash(name, new CommandLine(new MeshCtl())));
            case "fish" -> own.getOut().print(FishCompletion.of(new CommandLine(new MeshCtl()).getCommandSpec(), name));
            default -> {
                own.getErr().println("meshctl: there are scripts for bash, zsh and fish, not for " + shell);
                return ExitCode.USAGE;
            }
        }
        own.getOut().flush();
        return ExitCode.OK;
    }
}
