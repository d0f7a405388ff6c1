package io.inmesh.bench.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.bench.process.Child;
import io.inmesh.bench.process.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An etcd of three members. */
final class Store {

    private static final int FIRST_NUMBER = 11;
    private static final int CLIENT_PORT = 2379;
    private static final int PEER_PORT = 2380;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final List<Member> members = new ArrayList<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    /**
     * Makes machines for the members, which do not run yet.
     *
     * @param folder where they keep data and logs
     */
    Store(Path folder, int count) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        List<Machine> machines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            machines.add(Machine.on("etcd-" + (i + 1), FIRST_NUMBER + i, Wire.STORE));
        }
        String cluster = machines.stream()
                .map(machine -> machine.name() + "=" + url(machine, PEER_PORT))
                .collect(Collectors.joining(","));
        for (Machine machine : machines) {
            members.add(new Member(machine, () -> begin(machine, cluster, folder)));
        }
    }

    private static Child begin(Machine machine, String cluster, Path folder) throws IOException {
        String client = url(machine, CLIENT_PORT);
        String peer = url(machine, PEER_PORT);
        return Child.run(
                machine.name(),
                folder.resolve(machine.name() + ".log"),
                Map.of(),
                machine.command(List.of(
                        "etcd",
                        "--name=" + machine.name(),
                        "--data-dir=" + folder.resolve(machine.name()),
                        "--logger=zap",
                        "--initial-cluster=" + cluster,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client)));
    }

    private static String url(Machine machine, int port) {
        return "http://" + machine.address(Wire.STORE) + ":" + port;
    }

    List<Member> members() {
        return members;
    }

    /** {@return where control servers reach it} */
    List<String> endpoints() {
        return members.stream()
                .map(member -> url(member.machine(), CLIENT_PORT))
                .toList();
    }

    /** {@return whether all members run and agree on who leads} */
    boolean settled() throws InterruptedException {
        String first = "";
        for (Member member : members) {
            JsonNode status = status(member);
            String leader = status.path("leader").asText();
            if (leader.isEmpty() || leader.equals("0") || !first.isEmpty() && !first.equals(leader)) {
                return false;
            }
            first = leader;
        }
        return true;
    }

    /** {@return the member that leads} */
    Member leader() throws IOException, InterruptedException {
        for (Member member : members) {
            JsonNode status = status(member);
            if (status.path("leader")
                    .asText("")
                    .equals(status.at("/header/member_id").asText("none"))) {
                return member;
            }
        }
        throw new IOException("no member of etcd leads");
    }

    private JsonNode status(Member member) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(url(member.machine(), CLIENT_PORT) + "/v3/maintenance/status"))
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString("{}"))
                .build();
        try {
            return Json.MAPPER.readTree(
                    http.send(request, BodyHandlers.ofString()).body());
        } catch (IOException away) {
            return Json.MAPPER.missingNode();
        }
    }
}
