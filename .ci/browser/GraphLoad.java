import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How long a browser takes to show a large graph, and how much memory. Arguments: address of the WebDriver, of a console with such a graph,
 * a folder for scratch.
 */
final class GraphLoad {

    private static final int ROUNDS = 5;

    private GraphLoad() {}

    public static void main(String[] arguments) throws Exception {
        double[] paint = new double[ROUNDS];
        double[] shown = new double[ROUNDS];
        double[] answer = new double[ROUNDS];
        double[] memory = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            try (Browser browser = new Browser(URI.create(arguments[0]), Path.of(arguments[2], "profile-" + round))) {
                browser.open(arguments[1] + "/console/");
                browser.see(".card", "service-");
                JsonNode seen = browser.run(
                        """
                        const of = (type) => performance.getEntriesByType(type);
                        const graph = of('resource').find(({ name }) => name.includes('/v1/graph'));
                        return {
                          paint: of('paint').find(({ name }) => name === 'first-contentful-paint')?.startTime ?? -1,
                          answer: graph.responseEnd - graph.requestStart,
                          shown: performance.now(),
                          memory: performance.memory.usedJSHeapSize / 1048576,
                          cards: document.querySelectorAll('.card').length, lines: document.querySelectorAll('.label').length,
                        };
                        """);
                paint[round] = seen.path("paint").asDouble();
                shown[round] = seen.path("shown").asDouble();
                answer[round] = seen.path("answer").asDouble();
                memory[round] = seen.path("memory").asDouble();
                System.out.println(seen);
            }
        }
        System.out.printf(
                "first paint %.0f ms, answer %.0f ms, graph on the screen %.0f ms, memory %.0f MiB (medians of %d)%n",
                median(paint), median(answer), median(shown), median(memory), ROUNDS);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
