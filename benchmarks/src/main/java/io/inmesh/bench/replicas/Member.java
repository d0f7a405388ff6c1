package io.inmesh.bench.replicas;

import io.inmesh.bench.process.Child;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A control server or a member of the store: a machine, and the process on it. */
final class Member {

    /** Starts the process. */
    interface Start {
        /** {@return a process that has begun} */
        Child begin() throws IOException;
    }

    private final Machine machine;
    private final Start start;
    private @Nullable Child process;
    private boolean killed;

    Member(Machine machine, Start start) {
        this.machine = machine;
        this.start = start;
    }

    Machine machine() {
        return machine;
    }

    void start() throws IOException {
        killed = false;
        process = start.begin();
    }

    /** Ends it as a power cut would. */
    void kill() throws InterruptedException {
        killed = true;
        running().kill();
    }

    /** Stops its time. */
    void pause() throws IOException, InterruptedException {
        running().signal("STOP");
    }

    /** Lets its time go on. */
    void resume() throws IOException, InterruptedException {
        running().signal("CONT");
    }

    /** {@return the process id of what runs there} */
    long pid() {
        return running().pid();
    }

    /** Starts it again if it has ended by itself, as a service manager would: a control server does not start without a store. */
    void revive() throws IOException {
        if (process != null && !killed && !process.alive()) {
            start();
        }
    }

    private Child running() {
        if (process == null) {
            throw new IllegalStateException(machine.name() + " has not been started");
        }
        return process;
    }
}
