package io.inmesh.server.registry;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.store.KeyValueTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registrations on disk, for the time after a restart. Written behind: losing the last moment costs nothing, because the processes
 * themselves register again.
 */
public final class WorkloadTable {
    private static final String TABLE = "workloads";
    private static final Logger LOG = LoggerFactory.getLogger(WorkloadTable.class);
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final KeyValueTable table;
    private final Executor writer;

    /**
     * @param table where to keep them
     * @param writer runs the writes one after the other, in order
     */
    public WorkloadTable(KeyValueTable table, Executor writer) {
        this.table = table;
        this.writer = writer;
    }

    /** All that are remembered; an entry that cannot be read is left out and reported. */
    List<RegisteredWorkload> load() {
        List<RegisteredWorkload> workloads = new ArrayList<>();
        table.scan(TABLE).forEach((nodeId, bytes) -> {
            try {
                workloads.add(JSON.readValue(bytes, RegisteredWorkload.class));
            } catch (IOException e) {
                LOG.warn("what is remembered of workload {} cannot be read and is left out", nodeId, e);
            }
        });
        return workloads;
    }

    void save(RegisteredWorkload workload) {
        writer.execute(() -> {
            try {
                table.put(TABLE, workload.nodeId(), JSON.writeValueAsBytes(workload));
            } catch (IOException e) {
                throw new UncheckedIOException("workload " + workload.nodeId() + " cannot be written", e);
            }
        });
    }

    void delete(String nodeId) {
        writer.execute(() -> table.delete(TABLE, nodeId));
    }
}
