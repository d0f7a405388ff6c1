package io.inmesh.cluster;

import io.inmesh.cluster.LocalityLoad.Counts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts the attempts sent to one cluster, by locality. Source: LRS {@code UpstreamLocalityStats}.
 *
 * <p>Counting is striped and takes no lock. There are as many localities as the cluster ever had, which is few.
 */
public final class ClusterLoad {

    private volatile LocalityLoad[] localities = {};
    private final Map<LocalityLoad, Counts> taken = new HashMap<>();

    /** Makes counters at zero. */
    public ClusterLoad() {}

    /** {@return the counters of a locality} */
    public LocalityLoad of(String locality) {
        for (LocalityLoad load : localities) {
            if (load.locality().equals(locality)) {
                return load;
            }
        }
        return add(locality);
    }

    /** {@return attempts ever sent to the localities there are} */
    public long started() {
        long sum = 0;
        for (LocalityLoad load : localities) {
            sum += load.counts().started();
        }
        return sum;
    }

    /** {@return attempts sent and not yet ended} */
    public long inFlight() {
        long sum = 0;
        for (LocalityLoad load : localities) {
            sum += load.counts().inProgress();
        }
        return sum;
    }

    /** {@return what happened in each locality since this was asked last, in-progress attempts included} */
    public synchronized List<LocalityShare> take() {
        List<LocalityShare> shares = new ArrayList<>();
        for (LocalityLoad load : localities) {
            Counts now = load.counts();
            Counts before = taken.getOrDefault(load, Counts.ZERO);
            taken.put(load, now);
            Counts since = now.minus(before);
            if (since.started() > 0 || since.succeeded() > 0 || since.failed() > 0 || now.inProgress() > 0) {
                shares.add(new LocalityShare(
                        load.locality(),
                        since.started(),
                        since.succeeded(),
                        since.failed(),
                        now.inProgress(),
                        since.plaintext()));
            }
        }
        return shares;
    }

    /**
     * Forgets localities that the config no longer has, except for what is still to be reported of them.
     *
     * @param known localities of the endpoints there are
     */
    public synchronized void retain(Set<String> known) {
        List<LocalityLoad> kept = new ArrayList<>();
        for (LocalityLoad load : localities) {
            Counts now = load.counts();
            boolean reported = now.equals(taken.getOrDefault(load, Counts.ZERO)) && now.inProgress() == 0;
            if (known.contains(load.locality()) || !reported) {
                kept.add(load);
            }
        }
        taken.keySet().retainAll(kept);
        localities = kept.toArray(new LocalityLoad[0]);
    }

    /** {@return how many localities there are counters of} */
    public int size() {
        return localities.length;
    }

    /** {@return attempts in flight in all localities; the sum of striped counters, so it may be off by what happens meanwhile} */
    public long inProgress() {
        long inProgress = 0;
        for (LocalityLoad load : localities) {
            inProgress += load.inProgress();
        }
        return inProgress;
    }

    private synchronized LocalityLoad add(String locality) {
        LocalityLoad[] before = localities;
        for (LocalityLoad load : before) {
            if (load.locality().equals(locality)) {
                return load;
            }
        }
        LocalityLoad[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = new LocalityLoad(locality);
        localities = after;
        return after[before.length];
    }

    /**
     * What happened in one locality.
     *
     * @param locality {@code region/zone/subzone}, empty if unknown
     * @param started attempts sent
     * @param succeeded attempts that went well
     * @param failed attempts that failed
     * @param inProgress attempts that have not ended by now
     * @param plaintext attempts sent over connections that the mesh does not secure
     */
    public record LocalityShare(
            String locality, long started, long succeeded, long failed, long inProgress, long plaintext) {}
}
