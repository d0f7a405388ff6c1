package io.inmesh.server.rest;

import io.inmesh.server.backup.RunningBackup;
import java.io.IOException;

/** Backups under {@code /inmesh/v1/backup}: for administrators of everything, since hashes of tokens and the audit log are in it. */
final class BackupApi {

    private final RunningBackup backup;

    BackupApi(RunningBackup backup) {
        this.backup = backup;
    }

    void take(Exchange exchange) throws IOException {
        RunningBackup.Taken taken = backup.take(exchange.principal().id());
        exchange.json(
                200,
                Exchange.JSON
                        .createObjectNode()
                        .put("revision", taken.revision())
                        .put("backup", taken.text()));
    }
}
