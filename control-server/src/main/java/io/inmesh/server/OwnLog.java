package io.inmesh.server;

import io.inmesh.server.log.LogLevels;
import io.inmesh.server.time.Timer;
import java.time.InstantSource;

/** The log that this process writes. */
final class OwnLog {

    private OwnLog() {}

    /** {@return its levels, which can be changed for a while} */
    static LogLevels levels(Timer timer, InstantSource clock) {
        return new LogLevels(LogLevels.ofThisProcess(), timer, clock);
    }
}
