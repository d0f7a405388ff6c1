package io.inmesh.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.inmesh.server.store.LinearizabilityChecker.Kind;
import io.inmesh.server.store.LinearizabilityChecker.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Clients that read and change a few registers of an engine at once, and what they saw. */
public final class EngineHistory {

    private static final int REGISTERS = 5;

    private final Map<String, List<Operation>> byRegister = new ConcurrentHashMap<>();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    /** No value is written twice, so that what is read tells who has written it. */
    private final AtomicInteger values = new AtomicInteger();

    /**
     * Runs clients and returns when all have ended.
     *
     * @param engines an engine for each client, which may be the same; asked for anew before every operation
     * @param operations of each client
     * @param seed decides what they do
     */
    public void run(List<Supplier<Engine>> engines, int operations, long seed) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(engines.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < engines.size(); client++) {
                Supplier<Engine> engine = engines.get(client);
                Random random = new Random(seed + client);
                running.add(clients.submit(() -> {
                    for (int i = 0; i < operations; i++) {
                        operate(engine.get(), "r" + random.nextInt(REGISTERS), "v" + values.incrementAndGet(), random);
                    }
                }));
            }
            for (Future<?> client : running) {
                client.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private void operate(Engine engine, String register, String value, Random random) {
        int choice = random.nextInt(10);
        long called = System.nanoTime();
        String expected = null;
        Kind kind = choice < 3 ? Kind.READ : choice < 9 ? Kind.COMPARE_AND_SET : Kind.WRITE;
        try {
            String present = null;
            if (kind != Kind.WRITE) {
                present = engine.get("registers", register)
                        .map(bytes -> new String(bytes, UTF_8))
                        .orElse(null);
                note(register, new Operation(Kind.READ, null, present, null, called, System.nanoTime()));
            }
            if (kind == Kind.COMPARE_AND_SET) {
                expected = present;
                called = System.nanoTime();
                boolean done = engine.compareAndSet(
                        "registers", register, present == null ? null : present.getBytes(UTF_8), value.getBytes(UTF_8));
                note(register, new Operation(kind, expected, value, done, called, System.nanoTime()));
            } else if (kind == Kind.WRITE) {
                engine.put("registers", register, value.getBytes(UTF_8));
                note(register, new Operation(kind, null, value, null, called, System.nanoTime()));
            }
        } catch (StoreUnavailableException e) {
            if (e.isOutcomeUnknown()) {
                unknown.incrementAndGet();
                note(register, new Operation(kind, expected, value, null, called, LinearizabilityChecker.NEVER));
            } else {
                refused.incrementAndGet();
            }
        }
    }

    private void note(String register, Operation operation) {
        List<Operation> operations =
                byRegister.computeIfAbsent(register, r -> java.util.Collections.synchronizedList(new ArrayList<>()));
        operations.add(operation);
    }

    /** {@return how many registers have a history that nothing explains; prints the figures} */
    public int violations(String title) {
        int violations = 0;
        int operations = 0;
        for (List<Operation> history : byRegister.values()) {
            operations += history.size();
            violations += LinearizabilityChecker.linearizable(List.copyOf(history)) ? 0 : 1;
        }
        System.out.println(title + ": " + operations + " operations on " + byRegister.size() + " registers, " + unknown
                + " of unknown outcome, " + refused + " refused; violations: " + violations);
        return violations;
    }

    /** {@return how many operations clients have been told the outcome of} */
    public int known() {
        return byRegister.values().stream().mapToInt(List::size).sum() - unknown.get();
    }
}
