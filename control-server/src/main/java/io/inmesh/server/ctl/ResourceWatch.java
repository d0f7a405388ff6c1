package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Shows what happens to resources, over the watch API of the server. The options are those of kubectl. */
final class ResourceWatch {

    @Option(
            names = {"-w", "--watch"},
            description = "Shows the resources, then each again when it or its status changes.")
    private boolean watch;

    @Option(names = "--watch-only", description = "As --watch, without those that are there already.")
    private boolean only;

    @Option(names = "--output-watch-events", description = "Says whether each was ADDED, MODIFIED or DELETED.")
    private boolean events;

    @Option(
            names = "--updates",
            defaultValue = "0",
            description = "Ends --watch after so many changes. Default: it goes on until it is interrupted.")
    private int updates;

    private int told;

    /**
     * {@return whether anything is to be watched}
     *
     * @throws Failure if there is an option that means nothing otherwise
     */
    boolean asked() throws Failure {
        boolean asked = watch || only;
        if (updates < 0 || (!asked && (updates > 0 || events))) {
            throw new Failure(
                    ExitCode.USAGE,
                    "--updates, a number from 1, and --output-watch-events go with --watch or --watch-only");
        }
        return asked;
    }

    /** {@return whether to say what has happened to each resource} */
    boolean withEvents() {
        return events;
    }

    /**
     * Shows what happens until that is enough.
     *
     * @param path collection of one kind
     * @param name the only resource to show; null for all
     */
    int run(Api api, String path, @Nullable String name, ResourcePrinter printer, PrintWriter err)
            throws Failure, IOException {
        String query = "?allowWatchBookmarks=true"
                + (name == null ? "" : "&fieldSelector=" + Api.encoded("metadata.name=" + name));
        ResourceFeed feed = new ResourceFeed(
                new ResourceFeed.Source() {
                    @Override
                    public JsonNode list() throws Failure {
                        return api.get(path + query).orFail();
                    }

                    @Override
                    public void watch(String version, Consumer<JsonNode> changes) throws Failure, IOException {
                        api.stream(path + query + "&watch=true&resourceVersion=" + Api.encoded(version), changes);
                    }
                },
                (type, resource) -> {
                    show(printer, type, resource);
                    told++;
                    return told != updates && !printer.unread();
                },
                TimeUnit.SECONDS::sleep,
                message -> {
                    err.println("meshctl: " + message);
                    err.flush();
                });
        JsonNode list = feed.begin();
        if (!only) {
            printer.begin(list.path("items"));
        }
        feed.follow();
        return ExitCode.OK;
    }

    private static void show(ResourcePrinter printer, String type, JsonNode resource) {
        try {
            printer.event(type, resource);
        } catch (IOException e) {
            throw new UncheckedIOException("what was read as JSON can be written as JSON", e);
        }
    }
}
