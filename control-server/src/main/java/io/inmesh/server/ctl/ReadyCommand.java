package io.inmesh.server.ctl;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code control-server ready}: asks a control server {@code /readyz}, for which nobody has to log in, as Kubernetes' probes do. Unlike
 * them it looks at the server's certificate, resolves its name and goes through its Service. Ends with 0 if the server is ready, with 1 if it is not, with 3 if
 * there is none.
 */
@Command(
        name = "ready",
        description = {
            "Asks a control server whether it is ready, and prints what it says. Nobody has to log in for that.",
            "Ends with 0 if it is ready, with 1 if it is not, with 3 if there is none."
        },
        mixinStandardHelpOptions = true)
public final class ReadyCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 64 << 10;
    private static final int OK = 200;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--server",
            defaultValue = ServerChoice.DEFAULT_SERVER,
            description = "Its URL, by a name that it knows (access.hosts). Default: ${DEFAULT-VALUE}")
    private String server = ServerChoice.DEFAULT_SERVER;

    @Option(
            names = "--ca-file",
            description = "PEM file with the authority of its certificate. Default: those that Java trusts")
    private @Nullable Path caFile;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        try {
            line.getOut().println(ask());
            line.getOut().flush();
            return ExitCode.OK;
        } catch (Failure failure) {
            line.getErr().println("control-server: " + failure.getMessage());
            return failure.exitCode();
        }
    }

    private String ask() throws Failure {
        Target target = new Target(server.replaceAll("/+$", ""), caFile, null, null, null);
        URI uri = URI.create(target.uri() + "/readyz");
        HttpClient client = client(target.tls());
        try {
            HttpResponse<InputStream> response =
                    client.send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofInputStream());
            String said = text(response).strip();
            if (response.statusCode() != OK) {
                throw new Failure(
                        ExitCode.FINDINGS, uri + " is not ready: it answers " + response.statusCode() + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.UNREACHABLE,
                    "no answer from " + uri + " (" + e + "); see whether a server runs there, and what it logs");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(ExitCode.TIMEOUT, "interrupted before " + uri + " answered");
        }
    }

    private static HttpClient client(@Nullable SSLContext trust) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT);
        return trust == null ? builder.build() : builder.sslContext(trust).build();
    }

    private static String text(HttpResponse<InputStream> response) throws IOException {
        try (InputStream body = response.body()) {
            return new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        }
    }
}
