package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The options that say which server to talk to and as whom; they may stand before the command or after it. What the command line says wins
 * over the environment, and that over the context. What a context has for its server is sent to no other server.
 */
final class ServerChoice {

    static final String DEFAULT_SERVER = "http://127.0.0.1:15014";

    @Option(
            names = "--server",
            scope = ScopeType.INHERIT,
            description = "Control server. Default: INMESH_SERVER, the context's, or " + DEFAULT_SERVER)
    private @Nullable String server;

    @Option(names = "--context", scope = ScopeType.INHERIT, description = "A server by its name; see meshctl context.")
    @Offered(Offer.CONTEXTS)
    private @Nullable String context;

    @Option(
            names = "--ca-file",
            scope = ScopeType.INHERIT,
            description = "PEM file with the authority of the server's certificate. Default: INMESH_CA_FILE")
    private @Nullable Path caFile;

    @Option(
            names = "--token",
            scope = ScopeType.INHERIT,
            description = "Bearer token; others on this machine can see it, so prefer --token-file or INMESH_TOKEN.")
    private @Nullable String token;

    @Option(names = "--token-file", scope = ScopeType.INHERIT, description = "File with a bearer token (mode 0600).")
    private @Nullable Path tokenFile;

    @Option(
            names = "--client-certificate",
            scope = ScopeType.INHERIT,
            description = "PEM file with a client certificate and what is between it and its authority.")
    private @Nullable Path certificate;

    @Option(
            names = "--client-key",
            scope = ScopeType.INHERIT,
            description = "PEM file with its key (PKCS #8, mode 0600).")
    private @Nullable Path key;

    /**
     * {@return the server to talk to}
     *
     * @throws Failure if there is no such context
     * @throws IOException if a file cannot be read
     */
    Target target(Map<String, String> environment) throws Failure, IOException {
        String named = server != null ? server : text(environment, "INMESH_SERVER");
        Optional<ObjectNode> known = Contexts.read(environment).chosen(context);
        if (context != null && server != null) {
            throw new Failure(ExitCode.USAGE, "name a server by --server or by --context, not by both");
        }
        boolean ofContext = known.isPresent() && (context != null || named == null);
        ObjectNode chosen = ofContext ? known.get() : Api.JSON.createObjectNode();
        String url = ofContext
                ? chosen.path(Contexts.SERVER).asText(DEFAULT_SERVER)
                : named == null ? DEFAULT_SERVER : named;
        String ca = text(environment, "INMESH_CA_FILE");
        return new Target(
                url.endsWith("/") ? url.substring(0, url.length() - 1) : url,
                caFile != null ? caFile : ca != null ? Path.of(ca) : path(chosen, Contexts.CA_FILE),
                token(environment, chosen),
                certificate != null ? certificate : path(chosen, Contexts.CERTIFICATE),
                key != null ? key : path(chosen, Contexts.KEY));
    }

    private @Nullable String token(Map<String, String> environment, ObjectNode chosen) throws IOException {
        if (token != null) {
            return token;
        }
        if (tokenFile != null) {
            return SecretFiles.read(tokenFile).strip();
        }
        String given = text(environment, "INMESH_TOKEN");
        if (given != null) {
            return given;
        }
        if (certificate != null) {
            // Whoever shows a certificate means to be the one in it.
            return null;
        }
        if (chosen.has(Contexts.SESSION)) {
            return chosen.path(Contexts.SESSION).asText();
        }
        Path file = path(chosen, Contexts.TOKEN_FILE);
        return file == null ? null : SecretFiles.read(file).strip();
    }

    /** {@return what the command line says, to be kept as a context} */
    ObjectNode asContext() {
        ObjectNode kept = Api.JSON.createObjectNode().put(Contexts.SERVER, server == null ? DEFAULT_SERVER : server);
        keep(kept, Contexts.CA_FILE, caFile);
        keep(kept, Contexts.TOKEN_FILE, tokenFile);
        keep(kept, Contexts.CERTIFICATE, certificate);
        keep(kept, Contexts.KEY, key);
        return kept;
    }

    /** {@return whether the command line names a server} */
    boolean namesServer() {
        return server != null;
    }

    /** {@return whether the command line has a token itself} */
    boolean namesToken() {
        return token != null;
    }

    /** {@return the context named on the command line; null for the current one} */
    @Nullable
    String context() {
        return context;
    }

    private static void keep(ObjectNode kept, String field, @Nullable Path file) {
        if (file != null) {
            kept.put(field, file.toAbsolutePath().toString());
        }
    }

    private static @Nullable Path path(ObjectNode context, String field) {
        return context.has(field) ? Path.of(context.path(field).asText()) : null;
    }

    private static @Nullable String text(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value;
    }
}
