package io.inmesh.source;

import io.inmesh.config.SpreadConfig;
import io.inmesh.config.SpreadConfig.LocalityConfig;
import io.inmesh.config.SpreadConfig.Mode;
import io.inmesh.config.SpreadConfig.Panic;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code spread} of a cluster. */
final class SpreadReader {

    private SpreadReader() {}

    static SpreadConfig read(Section spread) {
        SpreadConfig usual = SpreadConfig.DEFAULT;
        return new SpreadConfig(
                spread.get("mode", value -> value.word(Mode.class), usual.mode()),
                spread.integer("overprovisioningPercent", usual.overprovisioningPercent()),
                spread.get("panic", value -> value.word(Panic.class), usual.panic()),
                spread.text("own", usual.own()),
                spread.integer("minEndpoints", usual.minEndpoints()),
                localities(spread.list("localities")));
    }

    private static List<LocalityConfig> localities(List<Value> values) {
        List<LocalityConfig> localities = new ArrayList<>();
        for (Value value : values) {
            LocalityConfig locality = value.read(SpreadReader::locality);
            if (locality != null) {
                localities.add(locality);
            }
        }
        return localities;
    }

    private static LocalityConfig locality(Section locality) {
        return new LocalityConfig(
                locality.required("locality"),
                locality.integer("priority", 0),
                locality.get("weight", Value::whole, 0L),
                locality.get("callers", Value::whole, 0L));
    }
}
