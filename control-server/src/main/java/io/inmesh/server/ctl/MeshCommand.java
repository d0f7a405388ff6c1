package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands share: the server, the namespace, and how failures are told. */
abstract class MeshCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-n", "--namespace"},
            defaultValue = "default",
            description = "Namespace. Default: ${DEFAULT-VALUE}")
    @Offered(Offer.NAMESPACES)
    private String namespace = "default";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Says what this command does.")
    private boolean help;

    String namespace() {
        return namespace;
    }

    /** {@return whether the command line names a namespace} */
    boolean namespaceGiven() {
        return Objects.requireNonNull(spec).commandLine().getParseResult().hasMatchedOption("-n");
    }

    private @Nullable MeshCtl program() {
        CommandSpec above = Objects.requireNonNull(spec);
        while (above != null && !(above.userObject() instanceof MeshCtl)) {
            above = above.parent();
        }
        return above == null ? null : (MeshCtl) above.userObject();
    }

    /** {@return which server to talk to, as the command line says, before the command or after it} */
    final ServerChoice choice() {
        MeshCtl program = program();
        return program == null ? new ServerChoice() : program.choice();
    }

    /** {@return where to say what is waited for} */
    final Progress progress() {
        MeshCtl program = program();
        return program == null ? Progress.NONE : program.progress();
    }

    /** {@return the environment of the process} */
    final Map<String, String> environment() {
        return System.getenv();
    }

    /** {@return the server this command talks to} */
    Api api() throws Failure, IOException {
        return new Api(choice().target(environment()), progress());
    }

    /** {@return where results go} */
    PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    /** {@return where complaints go} */
    PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }

    /** {@return the body of an answer, as text for programs} */
    static String json(JsonNode body) throws IOException {
        return Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(body);
    }

    /**
     * {@return the form of output}
     *
     * @throws Failure if it is none of those there are
     */
    static String oneOf(String output, String... forms) throws Failure {
        return checked("-o", output, forms);
    }

    /**
     * {@return the value of an option}
     *
     * @throws Failure if it is none of those there are
     */
    static String checked(String option, String value, String... values) throws Failure {
        if (!List.of(values).contains(value)) {
            throw new Failure(ExitCode.USAGE, option + " is one of " + String.join(", ", values) + ", not " + value);
        }
        return value;
    }

    @Override
    public final Integer call() {
        try {
            return run(api());
        } catch (Failure failure) {
            err().println("meshctl: " + failure.getMessage());
            return failure.exitCode();
        } catch (IOException failure) {
            err().println("meshctl: " + Files.said(failure));
            return ExitCode.FINDINGS;
        } finally {
            // What does not end with a line of its own, such as YAML, stays in the buffer otherwise, and the process
            // ends.
            out().flush();
        }
    }

    abstract int run(Api api) throws Failure, IOException;
}
