package io.inmesh.bench.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.bench.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Control servers on one etcd. */
final class Servers {

    private static final int FIRST_NUMBER = 21;
    private static final int GRPC_PORT = 15012;
    private static final int HTTP_PORT = 15014;

    private final List<Member> members = new ArrayList<>();
    private final List<Rest> rests = new ArrayList<>();

    /**
     * Makes machines for the servers, which do not run yet.
     *
     * @param folder with {@code server.pem}, {@code server.key} and {@code root.hash}; takes data, settings and logs
     * @param jar the control server
     * @param endpoints of etcd
     */
    Servers(Path folder, Path jar, List<String> endpoints, int count)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path passphrase = Files.createFile(
                folder.resolve("ca.passphrase"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passphrase, "the same at all of them\n");
        String hash = Files.readString(folder.resolve("root.hash")).strip();
        for (int i = 0; i < count; i++) {
            Machine machine = Machine.on("ctl-" + (i + 1), FIRST_NUMBER + i, Wire.STORE, Wire.MESH);
            Path settings = Files.writeString(
                    folder.resolve(machine.name() + ".yaml"), settings(machine.name(), hash, endpoints));
            members.add(new Member(machine, () -> begin(machine, jar, settings, folder)));
            rests.add(
                    new Rest("https://" + machine.address(Wire.MESH) + ":" + HTTP_PORT, folder.resolve("server.pem")));
        }
    }

    private static String settings(String name, String hash, List<String> endpoints) {
        return """
                access:
                  tls: {certificate: server.pem, key: server.key}
                  users: [{name: root, passwordHash: "%s"}]
                  bindings:
                  - {user: root, role: admin, namespaces: ["*"]}
                authority: {passphraseFile: ca.passphrase}
                replica: {name: %s}
                store: {etcd: {endpoints: ["%s"], insecure: true}}
                """.formatted(hash, name, String.join("\", \"", endpoints));
    }

    private static Child begin(Machine machine, Path jar, Path settings, Path folder) throws IOException {
        String address = machine.address(Wire.MESH);
        return Child.run(
                machine.name(),
                folder.resolve(machine.name() + ".log"),
                Map.of(),
                machine.command(List.of(
                        Child.launcher(),
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-jar",
                        jar.toString(),
                        "serve",
                        "--grpc-address",
                        address,
                        "--grpc-port",
                        Integer.toString(GRPC_PORT),
                        "--http-address",
                        address,
                        "--http-port",
                        Integer.toString(HTTP_PORT),
                        "--data-dir",
                        folder.resolve(machine.name()).toString(),
                        "--config",
                        settings.toString())));
    }

    List<Member> members() {
        return members;
    }

    /** {@return the REST interface of each} */
    List<Rest> rests() {
        return rests;
    }

    /** {@return where processes join} */
    List<String> addresses() {
        return members.stream().map(this::address).toList();
    }

    /** {@return where processes join one of them} */
    String address(Member member) {
        return member.machine().address(Wire.MESH) + ":" + GRPC_PORT;
    }

    /** {@return whether all are ready, up to date, know of each other and of one that leads} */
    boolean settled() throws InterruptedException {
        for (Rest rest : rests) {
            try {
                Rest.Answer ready = rest.get("/readyz");
                if (!ready.good() || ready.text().contains("\nstore:")) {
                    return false;
                }
                JsonNode replicas = rest.get("/inmesh/v1/status").json().path("replicas");
                if (replicas.size() != members.size() || leader(replicas) == null) {
                    return false;
                }
            } catch (IOException notYet) {
                return false;
            }
        }
        return true;
    }

    /** {@return the server that leads, as the first that answers says} */
    Member leader() throws IOException, InterruptedException {
        for (Rest rest : rests) {
            try {
                String leader = leader(rest.get("/inmesh/v1/status").json().path("replicas"));
                for (Member member : members) {
                    if (member.machine().name().equals(leader)) {
                        return member;
                    }
                }
            } catch (IOException away) {
                // Another one knows.
            }
        }
        throw new IOException("no control server says who leads");
    }

    private static @Nullable String leader(JsonNode replicas) {
        for (JsonNode replica : replicas) {
            if (replica.path("leads").asBoolean()) {
                return replica.path("name").asText();
            }
        }
        return null;
    }
}
