package io.inmesh.bench.replicas;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** All that goes wrong in a trial, in order. */
final class Faults {

    private static final int KILLED = 6;
    /** Longer than a lease (15 s), and than processes need to notice a server that does not answer (20 s). */
    private static final int CUT = 30;
    /** Longer than a server that is cut off from the store waits before it asks its processes to go elsewhere (30 to 45 s), and than they then take. */
    private static final int CUT_UNTIL_HANDED_OVER = 90;
    /** So that several changes are refused. */
    private static final int NO_QUORUM = 12;

    /** So that a few changes are made meanwhile. */
    private static final int SLOW = 20;

    private static final Duration SYNC = Duration.ofMillis(300);

    private static final int PULSE_STOPPED_MILLIS = 300;
    private static final int PULSE_RUNNING_MILLIS = 100;

    private Faults() {}

    /** {@return those that leave processes where they are first, since it takes minutes until who has left a server is back} */
    static List<Fault> all() {
        return List.of(
                new Fault("the control server that leads stands still for 15 s", false, 15, on -> paused(on.leader())),
                new Fault("etcd stands still three quarters of the time", false, 15, on -> pulsed(on.allOfTheStore())),
                new Fault(
                        "a member of etcd that does not lead is killed",
                        false,
                        KILLED,
                        on -> killed(on.storeFollower())),
                new Fault(
                        "the member of etcd that leads is killed",
                        true,
                        KILLED,
                        on -> killed(on.store().leader())),
                new Fault(
                        "the member of etcd that leads is cut off",
                        false,
                        CUT,
                        on -> cut(Wire.STORE, on.store().leader())),
                new Fault(
                        "two of three members of etcd are cut off",
                        true,
                        NO_QUORUM,
                        on -> cut(Wire.STORE, on.store().leader(), on.storeFollower())),
                new Fault("a control server is cut off from etcd", false, CUT, on -> cut(Wire.STORE, on.follower())),
                new Fault(
                        "the control server that leads is cut off from etcd",
                        false,
                        CUT,
                        on -> cut(Wire.STORE, on.leader())),
                new Fault(
                        "a control server is cut off from etcd for long",
                        false,
                        CUT_UNTIL_HANDED_OVER,
                        on -> cut(Wire.STORE, on.follower())),
                new Fault("the control server that leads is killed", true, KILLED, on -> killed(on.leader())),
                new Fault("a control server that does not lead is killed", false, KILLED, on -> killed(on.follower())),
                new Fault("a control server is cut off from processes", true, CUT, on -> cut(Wire.MESH, on.busiest())),
                new Fault(
                        "all control servers are killed and started at once", false, 0, on -> killed(on.allServers())),
                new Fault("all control servers and all of etcd are killed and started at once", false, 0, on -> {
                    Fault.Undo servers = killed(on.allServers());
                    Fault.Undo store = killed(on.allOfTheStore());
                    return () -> {
                        store.run();
                        servers.run();
                    };
                }));
    }

    /** {@return those of disks, for a machine on which {@link SlowDisk} can be done} */
    static List<Fault> ofDisks() {
        return List.of(
                new Fault(
                        "the disk of a member of etcd that does not lead is slow",
                        false,
                        SLOW,
                        on -> SlowDisk.of(SYNC, on.storeFollower())),
                new Fault(
                        "the disk of the member of etcd that leads is slow",
                        false,
                        SLOW,
                        on -> SlowDisk.of(SYNC, on.store().leader())),
                new Fault(
                        "the disks of all members of etcd are slow",
                        false,
                        SLOW,
                        on -> SlowDisk.of(SYNC, on.allOfTheStore())));
    }

    private static Fault.Undo killed(Member... members) throws InterruptedException {
        for (Member member : members) {
            member.kill();
        }
        return () -> {
            for (Member member : members) {
                member.start();
            }
        };
    }

    private static Fault.Undo cut(Wire wire, Member... members) throws IOException, InterruptedException {
        for (Member member : members) {
            member.machine().cut(wire);
        }
        return () -> {
            for (Member member : members) {
                member.machine().mend(wire);
            }
        };
    }

    private static Fault.Undo paused(Member member) throws IOException, InterruptedException {
        member.pause();
        return member::resume;
    }

    /** All of them stand still and go on, again and again, as on a machine that has far too little of everything. */
    private static Fault.Undo pulsed(Member... members) {
        CompletableFuture<Void> enough = new CompletableFuture<>();
        CompletableFuture<Void> pulses = CompletableFuture.runAsync(() -> {
            try {
                while (!enough.isDone()) {
                    for (Member member : members) {
                        member.pause();
                    }
                    TimeUnit.MILLISECONDS.sleep(PULSE_STOPPED_MILLIS);
                    for (Member member : members) {
                        member.resume();
                    }
                    TimeUnit.MILLISECONDS.sleep(PULSE_RUNNING_MILLIS);
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException("etcd could not be stopped and let go on", e);
            }
        });
        return () -> {
            enough.complete(null);
            pulses.get();
        };
    }
}
