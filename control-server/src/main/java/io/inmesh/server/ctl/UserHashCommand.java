package io.inmesh.server.ctl;

import io.inmesh.server.access.Users;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code control-server user hash}: the hash of a password, for users in the settings file. Talks to no server. */
@Command(
        name = "user",
        description = "Prepares users for the settings file.",
        mixinStandardHelpOptions = true,
        subcommands = UserHashCommand.Hash.class)
public final class UserHashCommand {

    /** Prints a hash. */
    @Command(
            name = "hash",
            description = "Prints what access.users[].passwordHash has to be for a password (Argon2id).",
            mixinStandardHelpOptions = true)
    static final class Hash implements Callable<Integer> {

        @Spec
        private @Nullable CommandSpec spec;

        @Option(names = "--password-stdin", description = "Reads the password from standard input.")
        private boolean fromInput;

        @Override
        public Integer call() throws IOException {
            PrintWriter err =
                    java.util.Objects.requireNonNull(spec).commandLine().getErr();
            try {
                spec.commandLine().getOut().println(Users.hash(Passwords.choose(fromInput), new SecureRandom()));
                return ExitCode.OK;
            } catch (Failure | IllegalArgumentException e) {
                err.println("control-server: " + e.getMessage());
                return ExitCode.USAGE;
            }
        }
    }
}
