package io.inmesh.bench.macro;

import io.inmesh.bench.process.Child;
import io.inmesh.bench.report.Bootstrap;
import io.inmesh.bench.report.Goal;
import io.inmesh.bench.report.Report;
import io.inmesh.bench.report.Row;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a new connection of OkHttp with mutual TLS costs by the JDK's TLS and by Conscrypt, in turns. */
public final class Handshakes {

    private static final int ROUNDS = 9;
    private static final long ROUND_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long WARM_UP_NANOS = Duration.ofSeconds(12).toNanos();
    private static final long SEED = 21;

    private final List<Row> rows = new ArrayList<>();

    private Handshakes() {}

    /**
     * Measures, prints a table and keeps it.
     *
     * @param arguments the folder for results, and Conscrypt's jar
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("inmesh-handshakes");
        try (Child jdk = child(folder, "jdk", arguments[1]);
                Child fast = child(folder, "auto", arguments[1])) {
            String fastName = fast.answer();
            if (!jdk.answer().equals("SunJSSE") || !fastName.equals("Conscrypt")) {
                throw new IOException("Conscrypt is not used: " + fast.log());
            }
            Handshakes handshakes = new Handshakes();
            for (String kind : List.of("full", "resumed")) {
                handshakes.measure(kind, jdk, fast);
            }
            System.out.println(new Report(
                            "What a new connection costs by TLS provider",
                            handshakes.rows,
                            List.of(
                                    "One call by OkHttp for each connection, HTTP/1.1 over mutual TLS 1.3, P-256, one thread, to a server on"
                                            + " another thread of the process, which is the JDK's TLS in both cases.",
                                    "Full: the server knows nothing of connections before, so nothing is resumed. CPU is that of the"
                                            + " thread that calls, call included; the rate has the server's share in it.",
                                    "Medians of " + ROUNDS + " rounds of "
                                            + Duration.ofNanos(ROUND_NANOS).toSeconds()
                                            + " s, in each the JDK's and Conscrypt's turn in two processes."))
                    .store(Path.of(arguments[0]), "handshakes", LocalDate.now()));
        } finally {
            Macro.delete(folder);
        }
    }

    private static Child child(Path folder, String setting, String jar) throws IOException {
        return Child.start(
                "caller " + setting,
                folder.resolve(setting + ".log"),
                Map.of("INMESH_TLS_PROVIDER", setting),
                List.of(
                        "-Xms256m",
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path") + File.pathSeparator + jar,
                        HandshakeClient.class.getName()));
    }

    private void measure(String kind, Child jdk, Child fast) throws IOException {
        jdk.ask(kind + " " + WARM_UP_NANOS);
        fast.ask(kind + " " + WARM_UP_NANOS);
        double[][] ofJdk = new double[2][ROUNDS];
        double[][] ofFast = new double[2][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            take(jdk, kind, ofJdk, round);
            take(fast, kind, ofFast, round);
        }
        row(kind, "JDK", ofJdk);
        row(kind, "Conscrypt", ofFast);
    }

    private static void take(Child child, String kind, double[][] values, int round) throws IOException {
        String[] answer = child.ask(kind + " " + ROUND_NANOS).split(" ");
        for (int i = 0; i < values.length; i++) {
            values[i][round] = Double.parseDouble(answer[i]);
        }
    }

    private void row(String kind, String provider, double[][] values) {
        String what = kind + " handshake, " + provider;
        rows.add(Row.of(what, "rate", "/s", Bootstrap.median(new double[][] {values[0]}, SEED), Goal.NONE));
        rows.add(
                Row.of(what, "CPU of the caller", "µs", Bootstrap.median(new double[][] {values[1]}, SEED), Goal.NONE));
    }
}
