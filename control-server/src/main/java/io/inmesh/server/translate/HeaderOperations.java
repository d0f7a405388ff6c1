package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.xds.core.HeaderValue;
import io.inmesh.xds.core.HeaderValueOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code headers.request} or {@code headers.response}: what is set, added and removed, by header name in sorted order. The host and pseudo
 * headers are left out: setting the host means to rewrite it ({@link #host}).
 */
record HeaderOperations(List<HeaderValueOption> added, List<String> removed) {

    static HeaderOperations of(Field operations) {
        List<HeaderValueOption> added = new ArrayList<>();
        operations
                .get("set")
                .members()
                .forEach((name, value) ->
                        add(added, name, value, HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD));
        operations
                .get("add")
                .members()
                .forEach((name, value) ->
                        add(added, name, value, HeaderValueOption.HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD));
        List<String> removed = operations.get("remove").texts().stream()
                .filter(name -> !special(name))
                .sorted()
                .toList();
        return new HeaderOperations(List.copyOf(added), removed);
    }

    /** The host these operations ask for; {@code set} beats {@code add}. */
    static Optional<String> host(Field operations) {
        for (String operation : List.of("set", "add")) {
            for (var entry : operations.get(operation).members().entrySet()) {
                String name = entry.getKey().toLowerCase(Locale.ROOT);
                if (name.equals("host") || name.equals(":authority")) {
                    return Optional.of(entry.getValue().text());
                }
            }
        }
        return Optional.empty();
    }

    private static void add(
            List<HeaderValueOption> added, String name, Field value, HeaderValueOption.HeaderAppendAction action) {
        if (!special(name)) {
            added.add(HeaderValueOption.newBuilder()
                    .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value.text()))
                    .setAppendAction(action)
                    .build());
        }
    }

    private static boolean special(String name) {
        return name.startsWith(":") || name.equalsIgnoreCase("host");
    }
}
