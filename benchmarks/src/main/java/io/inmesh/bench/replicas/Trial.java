package io.inmesh.bench.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.bench.process.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Three control servers on three members of etcd, and all that depends on them. */
final class Trial implements AutoCloseable {

    private static final int MEMBERS = 3;
    private static final int SHOP_PROCESSES = 6;
    private static final int LIGHT_SERVICES = 10;
    private static final long LOOK_AGAIN_MILLIS = 100;
    private static final long START_SECONDS = 300;
    private static final long SETTLE_SECONDS = 120;
    private static final int QUIET_WRITES = 5;
    private static final int WARMING = 200;

    private final Path folder;
    private final Store store;
    private final Servers servers;
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final Shop shop;
    private final Fleet fleet;
    private final Writer writer;
    private final Pages pages;
    /** What the median was when nothing was wrong the last time; NaN if that is not known. */
    private double usual = Double.NaN;

    /** A condition that has to ask others. */
    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /**
     * Starts all of it.
     *
     * @param folder with {@code server.pem}, {@code server.key} and {@code root.hash}; takes everything
     * @param root the folder of the project, built
     * @param processes how many hold streams, the shop's included
     */
    Trial(Path folder, Path root, int processes, int pagesPerSecond) throws Exception {
        this.folder = folder;
        Machine.layWires();
        store = new Store(folder.resolve("etcd"), MEMBERS);
        start(store.members());
        servers = new Servers(
                folder, root.resolve("control-server/target/control-server.jar"), store.endpoints(), MEMBERS);
        await("etcd's start", store::settled, START_SECONDS);
        start(servers.members());
        await("the start of the control servers", this::ready, START_SECONDS);
        logIn();
        await("the control servers' hearing of each other", servers::settled, START_SECONDS);
        configure(root.resolve("samples/bookinfo/config"));
        shop = keep(new Shop(root.resolve("samples/bookinfo"), folder, servers.addresses()));
        pages = keep(new Pages(Shop.page()));
        await("the opening of the shop", () -> pages.open(1), START_SECONDS);
        int light = processes - SHOP_PROCESSES;
        fleet = keep(Fleet.start(light, LIGHT_SERVICES, servers.addresses(), folder.resolve("tokens")));
        // Each of the shop's is in the cluster of its service and in that of its version.
        int endpoints = light + 2 * SHOP_PROCESSES;
        await(
                "that every process sees " + endpoints + " endpoints",
                () -> {
                    shop.mustBeAlive();
                    return fleet.fewestEndpoints() >= endpoints;
                },
                START_SECONDS,
                () -> fleet.fewestEndpoints() + " are seen");
        writer = keep(new Writer(servers.rests()));
        writer.start();
        // What is slow because nothing is compiled or connected yet is no fault's doing.
        await("that the shop is warm", () -> pages.open(WARMING), START_SECONDS);
        pages.start(pagesPerSecond);
    }

    private <T extends AutoCloseable> T keep(T part) {
        parts.add(part);
        return part;
    }

    private static void start(List<Member> members) throws IOException {
        for (Member member : members) {
            member.start();
        }
    }

    private boolean ready() throws IOException, InterruptedException {
        for (Member member : servers.members()) {
            member.revive();
        }
        for (Rest rest : servers.rests()) {
            try {
                if (!rest.get("/readyz").good()) {
                    return false;
                }
            } catch (IOException notYet) {
                return false;
            }
        }
        return true;
    }

    private void logIn() throws IOException, InterruptedException {
        String login = servers.rests().get(0).login();
        servers.rests().forEach(rest -> rest.use(login));
    }

    /** Puts the sample's configuration in use, and makes a service, an account and a join token for each service. */
    private void configure(Path config) throws IOException, InterruptedException {
        Rest rest = servers.rests().get(0);
        for (String file : List.of("services.yaml", "versions.yaml", "security.yaml")) {
            rest.mustPost("/inmesh/v1/apply", "application/yaml", Files.readString(config.resolve(file)));
        }
        StringBuilder light = new StringBuilder();
        List<String> services = new ArrayList<>();
        for (int i = 0; i < LIGHT_SERVICES; i++) {
            String name = Fleet.service(i);
            services.add(name);
            light.append("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: %1$s}
                    spec:
                      selector: {app: %1$s}
                      ports: [{name: http, port: 9080}]
                    ---
                    apiVersion: v1
                    kind: ServiceAccount
                    metadata: {name: %1$s}
                    ---
                    """.formatted(name));
        }
        rest.mustPost("/inmesh/v1/apply", "application/yaml", light.toString());
        Files.createDirectory(folder.resolve("tokens"));
        for (String service : services) {
            token(rest, service, service);
        }
        for (String service : Shop.services()) {
            token(rest, "bookinfo-" + service, service);
        }
    }

    private void token(Rest rest, String account, String service) throws IOException, InterruptedException {
        JsonNode answer = rest.mustPost(
                        "/api/v1/namespaces/default/serviceaccounts/" + account + "/token",
                        "application/json",
                        "{\"spec\": {\"expirationSeconds\": 14400, \"maxUses\": 1000}}")
                .json();
        Path file = Files.createFile(
                folder.resolve("tokens").resolve(service),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, answer.at("/status/token").asText());
    }

    /** {@return what is counted when nothing is wrong, for some seconds} */
    Row quiet(int seconds) throws Exception {
        return run(new Fault("none", true, seconds, on -> () -> {}));
    }

    /** {@return what a fault did} */
    Row run(Fault fault) throws Exception {
        double before = Double.isNaN(usual) ? convergence(quietWrites()) : usual;
        long pagesBefore = pages.whole();
        long failuresBefore = pages.failures();
        Hops hopsBefore = shop.hops();
        long missedBefore = fleet.missed();
        long refusedBefore = writer.refused();
        long lostBefore = writer.lost();
        long begun = System.nanoTime();
        Fault.Undo undo = fault.begin().run(new Victims(servers, store, fleet));
        TimeUnit.SECONDS.sleep(fault.seconds());
        long undone = System.nanoTime();
        undo.run();
        OptionalDouble settled = settle(undone);
        List<Writer.Written> meanwhile = writer.since(begun);
        double after = settled.isPresent() ? convergence(quietWrites()) : Double.NaN;
        usual = after;
        Hops hops = shop.hops().since(hopsBefore);
        Row row = new Row(
                fault.name(),
                pages.whole() - pagesBefore,
                pages.failures() - failuresBefore,
                hops,
                meanwhile.size(),
                writer.refused() - refusedBefore,
                writer.lost() - lostBefore + missing(),
                writable(meanwhile, begun),
                before,
                meanwhile.stream().mapToDouble(this::convergence).max().orElse(Double.NaN),
                after,
                fleet.missed() - missedBefore,
                settled);
        explain(row);
        return row;
    }

    private OptionalDouble settle(long undone) throws IOException, InterruptedException {
        try {
            await("that all settled", this::settled, SETTLE_SECONDS);
            return OptionalDouble.of((System.nanoTime() - undone) / 1e9);
        } catch (IOException never) {
            System.out.println(
                    never.getMessage() + "; processes by server: " + fleet.byServer() + ", fewest endpoints: "
                            + fleet.fewestEndpoints() + ", last change " + writer.last() + ", everywhere "
                            + fleet.sightings().oldest());
            return OptionalDouble.empty();
        }
    }

    private boolean settled() throws IOException, InterruptedException {
        for (Member member : servers.members()) {
            member.revive();
        }
        return store.settled()
                && servers.settled()
                && fleet.connected()
                && fleet.sightings().oldest() + 1 >= writer.last();
    }

    /** {@return some changes in a row that were made now and are in use everywhere} */
    private List<Writer.Written> quietWrites() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        await(
                "that some changes are everywhere",
                () -> {
                    List<Writer.Written> since = begunSince(begun);
                    return since.size() >= QUIET_WRITES
                            && fleet.sightings().oldest()
                                    >= since.get(QUIET_WRITES - 1).number();
                },
                SETTLE_SECONDS);
        return begunSince(begun).subList(0, QUIET_WRITES);
    }

    private List<Writer.Written> begunSince(long nanos) {
        return writer.since(nanos).stream()
                .filter(each -> each.begunNanos() - nanos > 0)
                .toList();
    }

    private double convergence(List<Writer.Written> changes) {
        double[] seconds =
                changes.stream().mapToDouble(this::convergence).sorted().toArray();
        return seconds[seconds.length / 2];
    }

    /** {@return seconds from when the attempt began that was acknowledged until the last process had the change} */
    private double convergence(Writer.Written change) {
        Long everywhere = fleet.sightings().everywhere(change.number());
        return everywhere == null ? Double.NaN : (everywhere - change.lastNanos()) / 1e9;
    }

    /** {@return seconds until the end of the first change that was begun after a moment, or of the one that was under way then} */
    private static OptionalDouble writable(List<Writer.Written> changes, long begun) {
        return changes.stream()
                .filter(each -> each.lastNanos() - begun > 0)
                .mapToDouble(each -> (each.doneNanos() - Math.max(begun, each.begunNanos())) / 1e9)
                .max();
    }

    /** {@return 1 if a server does not have the last change that was acknowledged, though it has settled} */
    private long missing() throws InterruptedException {
        for (Rest rest : servers.rests()) {
            long last = writer.last();
            try {
                await("that a server has change " + last, () -> has(rest, last), SETTLE_SECONDS);
            } catch (IOException never) {
                System.out.println(never.getMessage());
                return 1;
            }
        }
        return 0;
    }

    private static boolean has(Rest rest, long change) throws InterruptedException {
        try {
            return Change.number(rest.get(Change.PATH).json()) >= change;
        } catch (IOException away) {
            return false;
        }
    }

    private void explain(Row row) {
        System.out.println(row);
        if (!row.holds()) {
            fleet.takeNotes().forEach(note -> System.out.println("    " + note));
            pages.takeNotes().forEach(note -> System.out.println("    " + note));
        }
    }

    /** {@return the rest of what was seen} */
    String summary() throws IOException {
        return Json.MAPPER
                .createObjectNode()
                .put("changes", writer.last())
                .put("stepsBackToAnOlderState", fleet.sightings().stepsBack())
                .put("pageMedianMillis", pages.micros().getValueAtPercentile(50) / 1000.0)
                .put("pageP99Millis", pages.micros().getValueAtPercentile(99) / 1000.0)
                .toString();
    }

    private static void await(String what, Condition condition, long seconds) throws IOException, InterruptedException {
        await(what, condition, seconds, () -> "it is not known why");
    }

    private static void await(String what, Condition condition, long seconds, Supplier<String> why)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                throw new IOException(what + " did not come true within " + seconds + " s: " + why.get());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    @Override
    public void close() throws Exception {
        for (int i = parts.size() - 1; i >= 0; i--) {
            parts.get(i).close();
        }
        for (Member member : servers.members()) {
            member.kill();
        }
        for (Member member : store.members()) {
            member.kill();
        }
    }
}
