package io.inmesh.server.ctl;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all commands share: the server, the namespace, and how failures are told. */
abstract class MeshCommand implements Callable<Integer> {

    @Option(names = "--server", description = "Control server. Default: INMESH_SERVER or http://127.0.0.1:15014")
    private @Nullable String server;

    @Option(
            names = {"-n", "--namespace"},
            defaultValue = "default",
            description = "Namespace. Default: ${DEFAULT-VALUE}")
    private String namespace = "default";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Says what this command does.")
    private boolean help;

    String namespace() {
        return namespace;
    }

    Api api() {
        String given = server != null ? server : System.getenv("INMESH_SERVER");
        String url = given == null || given.isBlank() ? "http://127.0.0.1:15014" : given;
        return new Api(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    }

    PrintStream out() {
        return System.out;
    }

    @Override
    public final Integer call() {
        try {
            return run(api());
        } catch (Failure failure) {
            System.err.println("meshctl: " + failure.getMessage());
            return failure.exitCode();
        } catch (IOException failure) {
            System.err.println("meshctl: " + failure.getMessage());
            return ExitCode.FINDINGS;
        }
    }

    abstract int run(Api api) throws Failure, IOException;
}
