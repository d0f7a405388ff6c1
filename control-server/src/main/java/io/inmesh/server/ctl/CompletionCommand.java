package io.inmesh.server.ctl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
            "Prints a script by which a shell completes commands, options and names.",
            "The script asks the server for names, for a second at most, as whoever is logged in.",
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
    static final class Shells extends Forms.Words {
        Shells() {
            super("bash", "zsh", "fish");
        }
    }

    @Override
    public Integer call() {
        CommandLine own = Objects.requireNonNull(spec).commandLine();
        String name = MeshCtl.NAME;
        switch (shell) {
            // One script for both: in zsh it has zsh take completions of bash.
            case "bash", "zsh" -> {
                own.getOut().print(AutoComplete.bash(name, new CommandLine(new MeshCtl())));
                own.getOut().print(script("completion.bash"));
            }
            case "fish" -> own.getOut().print(FishCompletion.of(new CommandLine(new MeshCtl()).getCommandSpec(), name));
            default -> {
                own.getErr().println("meshctl: there are scripts for bash, zsh and fish, not for " + shell);
                return ExitCode.USAGE;
            }
        }
        own.getOut().flush();
        return ExitCode.OK;
    }

    /** {@return a part of a script that is the same whatever commands there are} */
    static String script(String resource) {
        try (InputStream in = Objects.requireNonNull(CompletionCommand.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("what is in the jar can be read", e);
        }
    }
}
