package io.inmesh.server.rest;

import io.inmesh.server.source.DiscoveredServices;
import io.inmesh.server.source.SourceStatus;
import io.inmesh.server.store.ConfigStore;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whether the server is ready, and what to know about it. A server that hears of nothing new still serves what it knows: better than none.
 *
 * @param store configuration
 * @param discovered what other registries know
 * @param leader name of the server that leads, as far as this one has heard; empty if none does
 * @param handOver that processes are asked to go to other servers; empty while none are
 * @param leaving whether this server is about to end
 */
record Readiness(
        ConfigStore store,
        DiscoveredServices discovered,
        Supplier<Optional<String>> leader,
        Supplier<Optional<String>> handOver,
        BooleanSupplier leaving) {

    /** {@return the status of HTTP} */
    int status() {
        return leaving.getAsBoolean() ? 503 : 200;
    }

    /** {@return a line that says whether all is well, and one for each thing to know} */
    String text() {
        if (leaving.getAsBoolean()) {
            return "leaving";
        }
        StringBuilder text =
                new StringBuilder("ok\nleader: ").append(leader.get().orElse("nobody"));
        store.behind()
                .ifPresent(behind -> text.append(", as heard last\nstore: behind since ")
                        .append(behind.since())
                        .append(": ")
                        .append(behind.reason()));
        store.refusal()
                .ifPresent(refusal -> text.append("\nstore: takes no changes since ")
                        .append(refusal.since())
                        .append(", asked last at ")
                        .append(refusal.last())
                        .append(": ")
                        .append(refusal.reason()));
        handOver.get().ifPresent(report -> text.append("\nhandover: ").append(report));
        // Anybody may ask, so without the reason, which meshctl status gives.
        discovered.statuses().stream()
                .filter(source -> source.state() != SourceStatus.State.ANSWERING)
                .forEach(source -> text.append("\nsource: ")
                        .append(source.name())
                        .append(' ')
                        .append(source.state().name().toLowerCase(Locale.ROOT))
                        .append(" since ")
                        .append(source.since()));
        return text.append('\n').toString();
    }
}
