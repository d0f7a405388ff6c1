package io.inmesh.server.access;

import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.write.Author;
import io.inmesh.server.write.ChangeLog;
import io.inmesh.server.write.ResourceDiff;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Tells the audit log who changed what, field by field: one entry, {@code config-changed}, for each change, however many resources. */
public final class ChangeAudit implements ChangeLog {

    /** Leaves room for what is said about lines left out. */
    private static final int MOST_CHARACTERS = AuditLog.MAX_VALUE - 200;

    private static final int MOST_NAMES = 50;

    private final AuditLog log;

    /** Writes to {@code log}. */
    public ChangeAudit(AuditLog log) {
        this.log = log;
    }

    @Override
    public CompletableFuture<?> written(Author author, long revision, List<Changed> changed) {
        Map<String, String> facts = new LinkedHashMap<>(author.facts());
        facts.put("revision", Long.toString(revision));
        facts.put("changed", Integer.toString(changed.size()));
        facts.put(
                "resources",
                changed.stream()
                        .limit(MOST_NAMES)
                        .map(change -> verb(change) + " " + change.key())
                        .collect(Collectors.joining(", ")));
        facts.put("diff", diff(changed));
        return log.submit("config-changed", author.name(), facts);
    }

    private static String verb(Changed change) {
        return change.before() == null ? "created" : change.after() == null ? "deleted" : "updated";
    }

    private static String diff(List<Changed> changed) {
        StringBuilder text = new StringBuilder();
        int left = 0;
        for (Changed change : changed) {
            String head = changed.size() == 1 ? "" : change.key() + "\n";
            int room = MOST_CHARACTERS - text.length() - head.length();
            String diff = room <= 0 ? "" : ResourceDiff.between(change, room);
            if (diff.isEmpty()) {
                left++;
            } else {
                text.append(head).append(diff);
            }
        }
        return left == 0 ? text.toString() : text + "... and " + left + " resources more";
    }
}
