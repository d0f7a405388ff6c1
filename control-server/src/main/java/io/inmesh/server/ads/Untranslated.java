package io.inmesh.server.ads;

import io.inmesh.server.store.ConfigView;
import io.inmesh.server.translate.ClientContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What could not be made into resources, for operators to see. That is a mistake of this server's, whose validator should have refused
 * what leads there; processes keep what they have. Thread-safe.
 */
final class Untranslated {
    /** The most kinds of clients, and the most resources, that are named. */
    private static final int MOST = 5;

    private final Map<ClientContext, String> kinds = new ConcurrentHashMap<>();
    private volatile @Nullable String whole;
    private volatile List<String> held = List.of();
    /** The last configuration of which everything could be translated that anybody asked for; null before there is one. */
    private volatile @Nullable ConfigView good;

    private volatile @Nullable ConfigView present;

    /**
     * A configuration has been translated, as far as that is possible before clients ask.
     *
     * @param same whether it is the one that was translated last, so that what is held back of it still is
     */
    void translated(ConfigView config, boolean same) {
        if (!same) {
            held = List.of();
        }
        ConfigView before = present;
        if (whole == null && kinds.isEmpty() && before != null) {
            good = before;
        }
        whole = null;
        kinds.clear();
        present = config;
    }

    /** A configuration has been translated without some of its changes. */
    void held(ConfigView config, HeldBack without, RuntimeException why) {
        translated(config, false);
        held = without.resources().stream()
                .map(
                        key -> key + " is held back: it cannot be translated (" + why + "), and "
                                + (without.config().get(key).isPresent()
                                        ? "its last good version stays in effect"
                                        : "is not in effect")
                                + "; mend it, or take it back (meshctl rollback). The log has the details, which belong into a bug report")
                .sorted()
                .limit(MOST)
                .toList();
    }

    /** {@return whether something is the matter that holding back changes has not mended} */
    boolean lasting() {
        return whole != null || !kinds.isEmpty();
    }

    /** A configuration cannot be translated at all. */
    void failed(ConfigView config, RuntimeException why) {
        if (whole == null && kinds.isEmpty() && present != null) {
            good = present;
        }
        whole = "revision " + config.revision() + " is not in effect anywhere: it cannot be translated (" + why + ")"
                + suspects(config);
    }

    /** The resources of a kind of clients cannot be made. */
    void failed(ClientContext client, RuntimeException why) {
        ConfigView config = present;
        if (kinds.size() < MOST) {
            kinds.put(
                    client,
                    "processes of namespace " + client.namespace() + " with labels " + client.labels()
                            + " keep what they have: their configuration cannot be made (" + why + ")"
                            + (config == null ? "" : suspects(config)));
        }
    }

    private String suspects(ConfigView config) {
        ConfigView before = good;
        List<String> changed = before == null ? List.of() : changed(before, config);
        String named = changed.isEmpty()
                ? ""
                : "; changed since it last could be: "
                        + String.join(", ", changed.subList(0, Math.min(MOST, changed.size())))
                        + (changed.size() > MOST ? " and " + (changed.size() - MOST) + " more" : "")
                        + "; take that back (meshctl rollback)";
        return named + ". The log has the details, which belong into a bug report";
    }

    private static List<String> changed(ConfigView before, ConfigView now) {
        return HeldBack.changed(before, now).stream()
                .map(key -> now.get(key).isPresent() ? key.toString() : key + " (deleted)")
                .toList();
    }

    /** {@return a line for each problem, usually none} */
    List<String> problems() {
        return Stream.of(
                        Stream.ofNullable(whole),
                        held.stream(),
                        kinds.values().stream().sorted())
                .flatMap(lines -> lines)
                .toList();
    }
}
