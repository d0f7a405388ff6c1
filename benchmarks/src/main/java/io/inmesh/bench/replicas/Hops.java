package io.inmesh.bench.replicas;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calls between the shop's services, as the callers' own metrics have them: one that failed counts even if the application has repeated it.
 *
 * @param calls that ended
 * @param failed those of them that ended badly
 */
record Hops(long calls, long failed) {

    private static final Pattern COUNT = Pattern.compile(
            "(?:http_client_request|rpc_client_call)_duration(?:_seconds)?_count" + "\\{([^}]*)}\\s+([0-9.eE+]+)");
    private static final Pattern ERROR = Pattern.compile("error_type=\"(?!none\"|\")[^\"]+\"");

    /** {@return what was counted up to now} */
    static Hops now(HttpClient http, List<URI> metrics) throws IOException, InterruptedException {
        long calls = 0;
        long failed = 0;
        for (URI each : metrics) {
            HttpRequest request =
                    HttpRequest.newBuilder(each).timeout(Duration.ofSeconds(20)).build();
            Hops seen = read(http.send(request, BodyHandlers.ofString()).body());
            calls += seen.calls;
            failed += seen.failed;
        }
        return new Hops(calls, failed);
    }

    /** {@return what a page of Prometheus' text format has} */
    static Hops read(String text) {
        long calls = 0;
        long failed = 0;
        Matcher line = COUNT.matcher(text);
        while (line.find()) {
            long count = (long) Double.parseDouble(line.group(2));
            calls += count;
            failed += ERROR.matcher(line.group(1)).find() ? count : 0;
        }
        return new Hops(calls, failed);
    }

    Hops since(Hops before) {
        return new Hops(calls - before.calls, failed - before.failed);
    }
}
