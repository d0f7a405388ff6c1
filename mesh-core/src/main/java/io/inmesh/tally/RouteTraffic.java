package io.inmesh.tally;

import io.inmesh.endpoint.EndpointGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls of one route to one cluster, by who answered. Few groups of endpoints answer one cluster, so they are found by looking at
 * one after the other.
 */
public final class RouteTraffic {

    /** Groups told apart; what others answer counts as answered by {@code other}. */
    static final int MAX_GROUPS = 64;

    /** Reports without a call after which a group loses its place. */
    static final int QUIET_REPORTS = 60;

    private static final String OTHER = "other";

    private final String route;
    private volatile Part[] parts = {};
    private final List<Part> leaving = new ArrayList<>();
    private volatile boolean forgotten;
    private int quietReports;

    private static final class Part {

        private final @Nullable EndpointGroup group;
        private final boolean other;
        private final boolean secure;
        private final boolean grpc;
        private final CallTally tally = new CallTally();
        private int quietReports;

        Part(@Nullable EndpointGroup group, boolean other, boolean secure, boolean grpc) {
            this.group = group;
            this.other = other;
            this.secure = secure;
            this.grpc = grpc;
        }

        boolean isFor(@Nullable EndpointGroup group, boolean other, boolean secure, boolean grpc) {
            return this.group == group && this.other == other && this.secure == secure && this.grpc == grpc;
        }

        String name() {
            return other ? OTHER : group == null ? "" : group.name();
        }
    }

    RouteTraffic(String route) {
        this.route = route;
    }

    /**
     * {@return where a call or an attempt is counted}
     *
     * @param group who answered; null for nobody
     * @param secure whether over mutual TLS of the mesh
     * @param grpc whether it is gRPC
     */
    public CallTally of(@Nullable EndpointGroup group, boolean secure, boolean grpc) {
        for (Part part : parts) {
            if (part.isFor(group, false, secure, grpc)) {
                return part.tally;
            }
        }
        return add(group, secure, grpc);
    }

    private synchronized CallTally add(@Nullable EndpointGroup group, boolean secure, boolean grpc) {
        Part[] before = parts;
        boolean full = before.length >= MAX_GROUPS;
        EndpointGroup own = full ? null : group;
        boolean other = full && group != null;
        for (Part part : before) {
            if (part.isFor(own, other, secure, grpc)) {
                return part.tally;
            }
        }
        Part[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = new Part(own, other, secure, grpc);
        parts = after;
        return after[before.length].tally;
    }

    /** {@return whether it lost its place, so that whoever knows it has to ask for another one} */
    public boolean forgotten() {
        return forgotten;
    }

    /** Gives its place up. */
    void forget() {
        forgotten = true;
    }

    /** {@return for how many reports there was no call} */
    int quietReports() {
        return quietReports;
    }

    /** Adds what was counted since this was asked last. */
    synchronized void take(List<Share> shares) {
        int known = shares.size();
        // A call may have ended just when its group lost its place.
        leaving.forEach(part -> take(part, shares));
        leaving.clear();
        List<Part> kept = new ArrayList<>();
        for (Part part : parts) {
            part.quietReports = take(part, shares) ? 0 : part.quietReports + 1;
            (part.quietReports > QUIET_REPORTS ? leaving : kept).add(part);
        }
        if (!leaving.isEmpty()) {
            parts = kept.toArray(new Part[0]);
        }
        quietReports = shares.size() > known ? 0 : quietReports + 1;
    }

    private boolean take(Part part, List<Share> shares) {
        CallTally.Taken taken = part.tally.take();
        if (!taken.isEmpty()) {
            shares.add(new Share(route, part.name(), part.secure, part.grpc, taken.counts()));
        }
        return !taken.isEmpty();
    }

    /**
     * What calls of one route came to that one group of endpoints answered.
     *
     * @param route name of the route
     * @param group {@link EndpointGroup#name()} of who answered; empty if nobody did, {@code other} for those beyond what is told apart
     * @param secure whether over mutual TLS of the mesh
     * @param grpc whether these calls are gRPC
     * @param counts what was counted
     */
    public record Share(String route, String group, boolean secure, boolean grpc, List<CallTally.Count> counts) {

        /** Copies the list. */
        public Share {
            counts = List.copyOf(counts);
        }
    }
}
