package io.inmesh.bench.replicas;

import java.util.Locale;

/** A network of the trial; machines on different ones do not hear each other. */
enum Wire {
    /** Between members of the store, and from control servers to them. */
    STORE("10.77.1."),
    /** From processes and people to control servers. */
    MESH("10.77.2.");

    /** The last part of the address of the machine that runs the trial. */
    private static final int OWN = 254;

    private final String prefix;

    Wire(String prefix) {
        this.prefix = prefix;
    }

    /** {@return the address of a machine by its number} */
    String address(int number) {
        return prefix + number;
    }

    /** {@return the address of the machine that runs the trial} */
    String ownAddress() {
        return address(OWN);
    }

    String bridge() {
        return "br-" + name().toLowerCase(Locale.ROOT);
    }
}
