package io.inmesh.bench.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Fills the tables of a document. Each stands between {@code <!-- table: name -->} and {@code <!-- end -->} and is replaced as a whole. */
public final class Simulate {

    private static final List<Scenario> SCENARIOS = List.of(
            new LoadSweep(Neighbourhood.EQUAL),
            new LoadSweep(Neighbourhood.MIXED),
            new LoadSweep(Neighbourhood.ANTAGONISED),
            new ClientCount(),
            new Ramp(),
            new SickReplica(),
            new RetryStorm(),
            new Overload(),
            new EjectionFloor());

    private Simulate() {}

    /**
     * Runs scenarios and writes their tables.
     *
     * @param arguments the document, then {@code quick} for a first look that is printed and not written, then names of scenarios if not all
     */
    public static void main(String[] arguments) throws IOException {
        // Thousands of simulated processes would each tell of every ejection.
        Logger.getLogger("io.inmesh").setLevel(Level.OFF);
        Path document = Path.of(arguments[0]);
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        boolean quick = rest.contains("quick");
        List<String> wanted =
                rest.stream().filter(word -> !word.equals("quick")).toList();
        try (Runs runs = new Runs()) {
            for (Scenario scenario : SCENARIOS) {
                if (wanted.isEmpty() || wanted.contains(scenario.name())) {
                    long began = System.nanoTime();
                    String table = scenario.answer(runs, quick ? Effort.QUICK : Effort.FULL)
                            .markdown();
                    System.out.printf(
                            "%n%s (%d s)%n%n%s%n", scenario.name(), (System.nanoTime() - began) / 1_000_000_000, table);
                    if (!quick) {
                        put(document, scenario.name(), table);
                    }
                }
            }
        }
    }

    static void put(Path document, String name, String table) throws IOException {
        String text = Files.readString(document);
        String opening = "<!-- table: " + name + " -->\n";
        int begin = text.indexOf(opening);
        int end = text.indexOf("<!-- end -->", begin);
        if (begin < 0 || end < 0) {
            throw new IllegalStateException(document + " has no place for the table " + name);
        }
        Files.writeString(document, text.substring(0, begin) + opening + table + "\n" + text.substring(end));
    }
}
