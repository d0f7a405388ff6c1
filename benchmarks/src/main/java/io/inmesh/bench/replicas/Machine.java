package io.inmesh.bench.replicas;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A machine as far as its network goes: a namespace of Linux with a cable to a bridge for each network it is on. Needs the rights of root in a
 * network namespace that the trial has for itself, and iproute2.
 */
final class Machine {

    private final String name;
    private final int number;

    private Machine(String name, int number) {
        this.name = name;
        this.number = number;
    }

    /** Makes the networks, with this process on both of them. */
    static void layWires() throws IOException, InterruptedException {
        ip("link", "set", "lo", "up");
        for (Wire wire : Wire.values()) {
            ip("link", "add", wire.bridge(), "type", "bridge");
            ip("addr", "add", wire.ownAddress() + "/24", "dev", wire.bridge());
            ip("link", "set", wire.bridge(), "up");
        }
    }

    /**
     * {@return a new machine}
     *
     * @param name seven letters at most, since names of devices are made of it
     * @param number last part of its addresses
     * @param wires the networks it is on
     */
    static Machine on(String name, int number, Wire... wires) throws IOException, InterruptedException {
        Machine machine = new Machine(name, number);
        ip("netns", "add", name);
        ip("-n", name, "link", "set", "lo", "up");
        for (Wire wire : wires) {
            String inside = wire.bridge().substring("br-".length());
            ip("link", "add", machine.cable(wire), "type", "veth", "peer", "name", inside, "netns", name);
            ip("-n", name, "addr", "add", machine.address(wire) + "/24", "dev", inside);
            ip("-n", name, "link", "set", inside, "up");
            ip("link", "set", machine.cable(wire), "up");
            machine.mend(wire);
        }
        return machine;
    }

    String name() {
        return name;
    }

    String address(Wire wire) {
        return wire.address(number);
    }

    /** {@return the command that runs another one on this machine} */
    List<String> command(List<String> command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(command);
        return all;
    }

    /** Pulls the cable out at the far end: what is sent is lost without a word, and the machine does not notice. */
    void cut(Wire wire) throws IOException, InterruptedException {
        ip("link", "set", cable(wire), "nomaster");
    }

    /** Plugs the cable in. */
    void mend(Wire wire) throws IOException, InterruptedException {
        ip("link", "set", cable(wire), "master", wire.bridge());
    }

    private String cable(Wire wire) {
        return name + "-" + wire.bridge().substring("br-".length());
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.strip());
        }
    }
}
