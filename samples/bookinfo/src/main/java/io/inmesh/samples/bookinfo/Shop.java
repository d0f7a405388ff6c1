package io.inmesh.samples.bookinfo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The running shop, seen from outside: its page and its control server. */
final class Shop {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CALLERS = 8;

    private final String page;
    private final String server;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    Shop(String page, String server) {
        this.page = page;
        this.server = server;
    }

    /** {@return version of the reviews that answered a user, or the status if it was not 200} */
    String reviews(@Nullable String user) throws IOException, InterruptedException {
        HttpResponse<String> response = get("/api/v1/products/0/reviews", user);
        return response.statusCode() == 200
                ? JSON.readTree(response.body()).path("version").asText()
                : "HTTP " + response.statusCode();
    }

    HttpResponse<String> get(String path, @Nullable String user) throws IOException, InterruptedException {
        return user == null ? answer(path) : answer(path, "end-user", user);
    }

    /** {@return the answer to a request with headers: names and values in turn} */
    HttpResponse<String> answer(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(page + path)).timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** {@return how many of some calls each version answered} */
    TreeMap<String, Integer> count(int calls) throws InterruptedException {
        TreeMap<String, Integer> counts = new TreeMap<>();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        for (int i = 0; i < calls; i++) {
            callers.execute(() -> {
                String answer;
                try {
                    answer = reviews(null);
                } catch (IOException e) {
                    answer = String.valueOf(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    answer = "interrupted";
                }
                synchronized (counts) {
                    counts.merge(answer, 1, Integer::sum);
                }
            });
        }
        callers.shutdown();
        if (!callers.awaitTermination(3, TimeUnit.MINUTES)) {
            callers.shutdownNow();
            throw new IllegalStateException("the calls did not end within three minutes");
        }
        return counts;
    }

    HttpResponse<String> apply(String yaml) throws IOException, InterruptedException {
        return post("/inmesh/v1/apply", "application/yaml", yaml);
    }

    HttpResponse<String> delete(String yaml) throws IOException, InterruptedException {
        return post("/inmesh/v1/delete", "application/yaml", yaml);
    }

    HttpResponse<String> post(String path, String type, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server + path))
                        .header("Content-Type", type)
                        .timeout(Duration.ofSeconds(20))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /** {@return what the control server says about connected processes and registered workloads} */
    JsonNode status() throws IOException, InterruptedException {
        return ask("/inmesh/v1/status");
    }

    /** {@return what the control server answers} */
    JsonNode ask(String path) throws IOException, InterruptedException {
        return JSON.readTree(http.send(
                        HttpRequest.newBuilder(URI.create(server + path))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        BodyHandlers.ofString())
                .body());
    }

    /** {@return the local port of a workload that belongs to a service} */
    int portOf(String app) throws IOException, InterruptedException {
        for (JsonNode workload : status().path("workloads")) {
            if (workload.path("labels").path("app").asText().equals(app)) {
                return workload.path("ports").path("http").asInt();
            }
        }
        throw new IllegalStateException("no workload of " + app + " is registered");
    }
}
