package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Follows resources as Kubernetes' clients do: a list, then what changes after its version, from there again when the connection ends; a new
 * list when the server does not remember so far back, of which only the differences are told.
 */
final class ResourceFeed {
    private static final int LONGEST_PAUSE_SECONDS = 30;
    private static final int EXPIRED = 410;

    private final Source source;
    private final Listener listener;
    private final Pause pause;
    private final Consumer<String> trouble;
    private final Map<String, JsonNode> known = new LinkedHashMap<>();
    private String version = "";
    private boolean expired;
    private boolean over;
    private boolean heard;

    /** Where resources are. */
    interface Source {
        /** {@return a Kubernetes list} */
        JsonNode list() throws Failure, IOException;

        /**
         * Tells what changes until the connection ends.
         *
         * @param version {@code resourceVersion} to go on from
         */
        void watch(String version, Consumer<JsonNode> events) throws Failure, IOException;
    }

    /** Is told what happens. */
    @FunctionalInterface
    interface Listener {
        /**
         * Something has happened.
         *
         * @param type {@code ADDED}, {@code MODIFIED} or {@code DELETED}
         * @return whether to go on
         */
        boolean event(String type, JsonNode resource);
    }

    /** Lets time pass. */
    @FunctionalInterface
    interface Pause {
        void seconds(int seconds) throws InterruptedException;
    }

    /** Ends a stream from within. */
    private static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Ended() {
            super(null, null, false, false);
        }
    }

    /**
     * Prepares to follow resources.
     *
     * @param trouble is told once each time the server cannot be reached
     */
    ResourceFeed(Source source, Listener listener, Pause pause, Consumer<String> trouble) {
        this.source = source;
        this.listener = listener;
        this.pause = pause;
        this.trouble = trouble;
    }

    /** {@return what is there now} */
    JsonNode begin() throws Failure, IOException {
        JsonNode list = source.list();
        version = version(list);
        list.path("items").forEach(item -> known.put(name(item), item));
        return list;
    }

    /**
     * Tells what happens from then on. Returns when the listener has had enough, or on interruption.
     *
     * @throws Failure if the server refuses; not if it cannot be reached
     */
    void follow() throws Failure, IOException {
        int failures = 0;
        while (true) {
            try {
                heard = false;
                if (expired) {
                    listAgain();
                }
                source.watch(version, this::event);
                failures = 0;
            } catch (Ended end) {
                failures = 0;
            } catch (Failure failure) {
                if (failure.exitCode() != ExitCode.UNREACHABLE && failure.exitCode() != ExitCode.TIMEOUT) {
                    throw failure;
                }
                failures = heard ? 1 : failures + 1;
                tell(failures, String.valueOf(failure.getMessage()));
            } catch (IOException failure) {
                failures = heard ? 1 : failures + 1;
                tell(failures, "the connection ended (" + failure.getMessage() + ")");
            }
            if (over) {
                return;
            }
            try {
                // Also after an end in peace: a server that ends each watch at once is not asked as fast as possible.
                pause.seconds(failures == 0 && heard ? 0 : Math.min(LONGEST_PAUSE_SECONDS, 1 << Math.min(failures, 5)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void tell(int failures, String message) {
        if (failures == 1) {
            trouble.accept(message + "; trying again");
        }
    }

    private void event(JsonNode event) {
        String type = event.path("type").asText();
        JsonNode object = event.path("object");
        heard = !type.equals("ERROR") || object.path("code").asInt() == EXPIRED;
        switch (type) {
            case "ERROR" -> {
                if (!heard) {
                    trouble.accept(object.path("message").asText());
                }
                expired = true;
                throw new Ended();
            }
            case "BOOKMARK" -> version = version(object);
            default -> {
                version = version(object);
                tell(type, object);
            }
        }
    }

    private void tell(String type, JsonNode object) {
        if (type.equals("DELETED")) {
            known.remove(name(object));
        } else {
            known.put(name(object), object);
        }
        if (!listener.event(type, object)) {
            over = true;
            throw new Ended();
        }
    }

    private void listAgain() throws Failure, IOException {
        JsonNode list = source.list();
        Map<String, JsonNode> now = new LinkedHashMap<>();
        list.path("items").forEach(item -> now.put(name(item), item));
        Map<String, JsonNode> before = new LinkedHashMap<>(known);
        for (Map.Entry<String, JsonNode> entry : before.entrySet()) {
            if (!now.containsKey(entry.getKey())) {
                tell("DELETED", entry.getValue());
            }
        }
        for (Map.Entry<String, JsonNode> entry : now.entrySet()) {
            JsonNode old = before.get(entry.getKey());
            if (!entry.getValue().equals(old)) {
                tell(old == null ? "ADDED" : "MODIFIED", entry.getValue());
            }
        }
        version = version(list);
        expired = false;
    }

    private static String version(JsonNode object) {
        return object.path("metadata").path("resourceVersion").asText();
    }

    private static String name(JsonNode item) {
        return item.path("metadata").path("namespace").asText() + "/"
                + item.path("metadata").path("name").asText();
    }
}
