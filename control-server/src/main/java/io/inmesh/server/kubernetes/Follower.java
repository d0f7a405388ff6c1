package io.inmesh.server.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.source.Pacer;
import io.inmesh.server.source.SourceThread;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one collection of an API server on a thread of its own: lists it page by page, then watches it from the list's revision. A watch
 * that ends or tears goes on where it was; one that is told that this is too long ago (410), or that there is no such revision (a server
 * that was restored), begins with a list again.
 */
public final class Follower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final int PAGE = 500;
    private static final int WATCH_SECONDS = 300;
    private static final Duration LATE = Duration.ofSeconds(60);

    private final String path;
    private final ApiServer server;
    private final Listener listener;
    private final SourceThread thread;
    private final SourceThread watchdog;
    private final Pacer pacer =
            new Pacer(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());

    private volatile ApiServer.@Nullable Changes changes;
    private volatile boolean anew;
    private volatile boolean closed;
    private String revision = "";

    /** A watch broke off. Whether the server is there at all is seen when it is asked again. */
    private static final class TornException extends IOException {
        private static final long serialVersionUID = 1L;

        TornException(IOException cause) {
            super(cause);
        }
    }

    /** Is told what the collection holds, on the follower's thread. What it throws makes the follower list everything anew. */
    public interface Listener {
        /** These are all objects. */
        void listed(List<JsonNode> objects);

        /** An object is new or other than before, or was deleted. */
        void changed(JsonNode object, boolean deleted);

        /** The API server was heard, or not: then with the reason, which is empty otherwise. */
        void heard(String problem);

        /** There is no right to read this collection (403); it may well go on like this. As {@link #heard} unless it matters. */
        default void forbidden(String problem) {
            heard(problem);
        }
    }

    /**
     * Asks nothing before {@link #start}.
     *
     * @param name for the names of threads
     * @param path of the collection
     * @param watchdog ends watches that are over without a word; others may share it, and it stays open
     */
    public Follower(String name, String path, ApiServer server, SourceThread watchdog, Listener listener) {
        this.path = path;
        this.server = server;
        this.listener = listener;
        this.thread = new SourceThread(name);
        this.watchdog = watchdog;
    }

    /** Begins, and returns at once. */
    public void start() {
        thread.after(Duration.ZERO, this::step);
    }

    private void step() {
        Duration pause = LATE;
        try {
            if (revision.isEmpty() || anew) {
                anew = false;
                // A list that fails half-way is none: it is asked for again before anything is watched.
                revision = "";
                list();
            }
            pause = watch() ? pacer.afterAnswer() : pacer.afterFailure();
        } catch (ApiServer.GoneException e) {
            pause = gone(e);
        } catch (ApiServer.BusyException e) {
            String problem = String.valueOf(e.getMessage());
            if (e.isForbidden()) {
                listener.forbidden(problem);
            } else {
                listener.heard(problem);
            }
            revision = e.isAboutTheRevision() ? "" : revision;
            Duration own = pacer.afterFailure();
            pause = e.pause().filter(asked -> asked.compareTo(own) > 0).orElse(own);
        } catch (IOException e) {
            listener.heard("the API server cannot be asked for " + path + ": " + e);
            pause = pacer.afterFailure();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // The listener may not have taken what it was told.
            revision = "";
            pause = pacer.afterFailure();
            listener.heard("following " + path + " failed in a way it should not: " + e);
            throw e;
        } finally {
            thread.after(pause, this::step);
        }
    }

    /** {@return how long to wait before a list is made anew} */
    private Duration gone(ApiServer.GoneException e) {
        if (revision.isEmpty()) {
            // Not a watch but a list: its further pages are gone before they are read.
            listener.heard(String.valueOf(e.getMessage()));
            return pacer.afterFailure();
        }
        revision = "";
        return pacer.afterAnswer();
    }

    private void list() throws IOException, InterruptedException {
        List<JsonNode> objects = new ArrayList<>();
        String at;
        String next = "";
        do {
            JsonNode page = server.get(path + "?limit=" + PAGE
                    + (next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8)));
            if (!page.has("items")) {
                // An empty cluster has an empty list; this is something else, by a proxy in between maybe.
                throw new IOException("what comes back is no list");
            }
            page.path("items").forEach(objects::add);
            next = page.at("/metadata/continue").asText();
            at = page.at("/metadata/resourceVersion").asText();
        } while (!next.isEmpty());
        listener.listed(objects);
        revision = at;
    }

    /** {@return whether the server ended the watch, rather than that it tore} */
    private boolean watch() throws IOException, InterruptedException {
        int seconds = WATCH_SECONDS + ThreadLocalRandom.current().nextInt(WATCH_SECONDS / 5);
        try (ApiServer.Changes now = server.watch(path + "?watch=true&allowWatchBookmarks=true" + "&timeoutSeconds="
                + seconds + "&resourceVersion=" + revision)) {
            changes = now;
            listener.heard("");
            // A connection that is gone without a word would be waited on for ever.
            watchdog.after(Duration.ofSeconds(seconds).plus(LATE), () -> end(now));
            for (JsonNode event = next(now); event != null; event = next(now)) {
                event(event);
            }
            return true;
        } catch (TornException e) {
            LOG.debug("a watch of {} tore and goes on", path, e);
            return false;
        } finally {
            changes = null;
        }
    }

    /** {@return the next event; null if there is to be none} */
    private @Nullable JsonNode next(ApiServer.Changes now) throws TornException {
        try {
            return anew || closed ? null : now.next();
        } catch (IOException e) {
            throw new TornException(e);
        }
    }

    private void event(JsonNode event) throws IOException {
        JsonNode object = event.path("object");
        String type = event.path("type").asText();
        if (type.equals("ERROR")) {
            String message =
                    "a watch of " + path + " ends: " + object.path("message").asText();
            int code = object.path("code").asInt();
            if (code == 410) {
                throw new ApiServer.GoneException(message);
            }
            if (code != 429 && code != 500) {
                // Such as a revision that a restored server has yet to get to, which may take it days.
                revision = "";
            }
            throw new IOException(message);
        }
        if (!type.equals("BOOKMARK")) {
            listener.changed(object, type.equals("DELETED"));
        }
        revision = object.at("/metadata/resourceVersion").asText(revision);
    }

    private static void end(ApiServer.Changes changes) {
        try {
            changes.close();
        } catch (IOException alreadyEnded) {
            // That is what was wanted.
        }
    }

    /** Lists everything anew, soon. */
    public void startOver() {
        anew = true;
        endWatch();
    }

    private void endWatch() {
        ApiServer.Changes now = changes;
        if (now != null) {
            end(now);
        }
    }

    @Override
    public void close() {
        closed = true;
        // The JDK's stream of a body goes on waiting though its reader is interrupted.
        endWatch();
        thread.close();
    }
}
