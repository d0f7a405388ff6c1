package io.inmesh.server.source;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.store.KeyValueTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sources said, in the store: a server that starts while a registry is down begins with it. */
final class SavedServices {
    private static final Logger LOG = LoggerFactory.getLogger(SavedServices.class);
    private static final String TABLE = "discovered";
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final KeyValueTable table;

    SavedServices(KeyValueTable table) {
        this.table = table;
    }

    /** What is stored of a source; what cannot be read is left out and reported. */
    List<HeldService.Saved> load(String source) {
        List<HeldService.Saved> loaded = new ArrayList<>();
        table.scan(TABLE).forEach((key, bytes) -> {
            if (key.startsWith(source + "/")) {
                try {
                    loaded.add(JSON.readValue(bytes, HeldService.Saved.class));
                } catch (IOException e) {
                    LOG.warn("what is stored of service {} cannot be read and is left out", key, e);
                }
            }
        });
        return loaded;
    }

    void save(String source, Map<String, Optional<HeldService.Saved>> changes) {
        changes.forEach((key, saved) -> {
            String stored = source + "/" + key;
            try {
                if (saved.isPresent()) {
                    table.put(TABLE, stored, JSON.writeValueAsBytes(saved.get()));
                } else {
                    table.delete(TABLE, stored);
                }
            } catch (IOException | RuntimeException e) {
                // Without it a restart only begins with less; the registry itself still has it.
                LOG.warn("service {} cannot be stored: {}", stored, e.getMessage());
            }
        });
    }
}
