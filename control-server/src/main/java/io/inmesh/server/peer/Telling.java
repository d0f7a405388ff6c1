package io.inmesh.server.peer;

import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.ads.ProcessConfig;
import io.inmesh.server.peer.rpc.Process;
import java.util.Optional;

/**
 * A process that was asked what it has been sent.
 *
 * @param process which
 * @param config what it told; empty if it was too busy
 */
record Telling(ConnectedProcess process, Optional<ProcessConfig> config) {

    static Telling of(ProcessConfig config) {
        return new Telling(config.process(), Optional.of(config));
    }

    static Telling read(Process message) {
        return message.hasConfig()
                ? of(ProcessMessages.config(message))
                : new Telling(ProcessMessages.read(message), Optional.empty());
    }
}
