package io.inmesh.samples.bookinfo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Prints what a URL answers; ends with status 1 if that is not a 2xx. Saves the sample from needing curl. */
public final class Fetch {

    private Fetch() {}

    /** Fetches the URL that is the first argument. */
    public static void main(String[] arguments) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(arguments[0]))
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        BodyHandlers.ofString());
        System.out.println(response.body());
        System.exit(response.statusCode() / 100 == 2 ? 0 : 1);
    }
}
