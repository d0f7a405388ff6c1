package io.inmesh.server.ctl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The servers somebody works with, by names, one of them current: {@code contexts.json} (0600) in the user's configuration folder, which
 * is {@code INMESH_CONFIG_DIR}, {@code $XDG_CONFIG_HOME/inmesh} or {@code ~/.config/inmesh}. A session token from {@code meshctl login} is
 * kept with its server and sent to no other.
 */
final class Contexts {

    static final String SERVER = "server";
    static final String CA_FILE = "caFile";
    static final String TOKEN_FILE = "tokenFile";
    static final String CERTIFICATE = "clientCertificate";
    static final String KEY = "clientKey";
    static final String SESSION = "session";

    private static final String CURRENT = "current";
    private static final String CONTEXTS = "contexts";

    private final Path file;
    private final ObjectNode content;

    private Contexts(Path file, ObjectNode content) {
        this.file = file;
        this.content = content;
    }

    /** {@return what is kept; nothing at first} */
    static Contexts read(Map<String, String> environment) throws Failure, IOException {
        Path file = folder(environment).resolve("contexts.json");
        if (!Files.exists(file)) {
            return new Contexts(file, Api.JSON.createObjectNode());
        }
        try {
            if (Api.JSON.readTree(SecretFiles.read(file)) instanceof ObjectNode content) {
                return new Contexts(file, content);
            }
        } catch (JsonProcessingException e) {
            throw new Failure(ExitCode.USAGE, file + " is not JSON; repair or remove it: " + e.getOriginalMessage());
        }
        throw new Failure(ExitCode.USAGE, file + " is not a JSON object; repair or remove it");
    }

    private static Path folder(Map<String, String> environment) {
        String own = environment.getOrDefault("INMESH_CONFIG_DIR", "");
        if (!own.isBlank()) {
            return Path.of(own);
        }
        String shared = environment.getOrDefault("XDG_CONFIG_HOME", "");
        return shared.isBlank()
                ? Path.of(System.getProperty("user.home"), ".config", "inmesh")
                : Path.of(shared, "inmesh");
    }

    /** {@return the names, sorted as they were added} */
    Iterable<Map.Entry<String, JsonNode>> all() {
        return content.path(CONTEXTS).properties();
    }

    /** {@return the name of the current one; empty for none} */
    String current() {
        return content.path(CURRENT).asText();
    }

    /** {@return one of them} */
    Optional<ObjectNode> find(String name) {
        return content.path(CONTEXTS).get(name) instanceof ObjectNode found ? Optional.of(found) : Optional.empty();
    }

    /**
     * {@return the one to use}
     *
     * @param asked name on the command line; null for the current one
     * @throws Failure if there is none of that name
     */
    Optional<ObjectNode> chosen(@Nullable String asked) throws Failure {
        if (asked == null) {
            return find(current());
        }
        return Optional.of(find(asked)
                .orElseThrow(() -> new Failure(
                        ExitCode.USAGE, "there is no context " + asked + "; meshctl context list shows them")));
    }

    void put(String name, ObjectNode context) {
        content.withObject("/" + CONTEXTS).set(name, context);
    }

    void use(String name) {
        content.put(CURRENT, name);
    }

    void remove(String name) {
        content.withObject("/" + CONTEXTS).remove(name);
        if (current().equals(name)) {
            content.remove(CURRENT);
        }
    }

    void save() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            SecretFiles.createDirectory(folder);
        }
        SecretFiles.write(file, Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content));
    }
}
