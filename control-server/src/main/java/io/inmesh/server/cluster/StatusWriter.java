package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.kubernetes.ApiServer;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.source.Pacer;
import io.inmesh.server.source.SourceThread;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * Writes statuses to a cluster: one after the other at no more than ten in a second, each only if it says something else, and only as
 * long as nobody has changed the object. One that the cluster does not keep as it was written is not written again and again, and one
 * that it refuses keeps none of the others away.
 */
final class StatusWriter implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration REST = Duration.ofMillis(500);
    private static final Duration INSIST = Duration.ofMinutes(10);

    /** What the cluster refuses it may take when its rights or definitions have been mended. */
    private static final Duration REFUSED = Duration.ofMinutes(1);

    private static final String WRONG = "statuses cannot be written: ";

    private final ApiServer server;
    private final Work work;
    private final ClusterMeters meters;
    private final LongSupplier nanoTime;
    private final SourceThread thread;
    private final Pacer pacer;
    private final Deque<Status> due = new ArrayDeque<>();
    private final Map<ResourceKey, Told> told = new HashMap<>();
    private volatile String problem = "";

    /**
     * A status to write.
     *
     * @param object whose
     * @param status what it has to become
     */
    record Status(ClusterObject object, ObjectNode status) {}

    /** What was written last, and when (monotonic); or with which version of the object it was refused, and why if that is a problem. */
    private record Told(ObjectNode status, long nanos, String refused, String why) {}

    /** Says what there is to write. */
    interface Work {
        /** {@return all statuses that are other than they should be; none if this server is not the one to write them} */
        List<Status> look();

        /** {@return whether there is an object} */
        boolean has(ResourceKey key);
    }

    StatusWriter(String name, ApiServer server, Work work, ClusterMeters meters, LongSupplier nanoTime) {
        this.server = server;
        this.work = work;
        this.meters = meters;
        this.nanoTime = nanoTime;
        this.thread = new SourceThread(name + "-status");
        this.pacer = new Pacer(nanoTime, () -> ThreadLocalRandom.current().nextDouble());
    }

    void start() {
        thread.after(REST, this::step);
    }

    /** {@return why statuses cannot be written; empty if they can} */
    String problem() {
        return problem;
    }

    private void step() {
        Duration pause = REST;
        try {
            if (due.isEmpty()) {
                List<Status> found = work.look();
                if (!found.isEmpty()) {
                    told.keySet().removeIf(key -> !work.has(key));
                }
                found.stream().filter(this::isNews).forEach(due::add);
                if (due.isEmpty()) {
                    problem = refusal();
                }
            }
            Status next = due.poll();
            if (next != null) {
                pause = write(next);
            }
        } catch (ApiServer.BusyException e) {
            Duration own = pacer.afterFailure();
            pause = e.pause().filter(asked -> asked.compareTo(own) > 0).orElse(own);
            failed(e);
        } catch (IOException e) {
            pause = pacer.afterFailure();
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            thread.after(pause, this::step);
        }
    }

    private void failed(IOException e) {
        meters.statusFailed();
        problem = WRONG + e.getMessage();
        // They may be others when it works again.
        due.clear();
    }

    /** {@return why something is refused, as long as it is tried again and again} */
    private String refusal() {
        long now = nanoTime.getAsLong();
        return told.values().stream()
                .filter(one -> now - one.nanos() < REFUSED.toNanos() * 2)
                .map(Told::why)
                .filter(why -> !why.isEmpty())
                .findFirst()
                .orElse("");
    }

    private boolean isNews(Status status) {
        Told last = told.get(status.object().key());
        return last == null
                || !last.status().equals(timeless(status.status()))
                || !(last.refused().isEmpty()
                        || last.refused().equals(status.object().version()))
                || nanoTime.getAsLong() - last.nanos() > (last.why().isEmpty() ? INSIST : REFUSED).toNanos();
    }

    private Duration write(Status status) throws IOException, InterruptedException {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("resourceVersion", status.object().version());
        patch.set("status", status.status());
        try {
            server.patch(status.object().path() + "/status", patch);
            pacer.afterAnswer();
            meters.statusWritten();
            remember(status, "", "");
        } catch (ApiServer.ConflictException changedMeanwhile) {
            // The watch tells how; then it is looked at again.
            remember(status, status.object().version(), "");
        } catch (ApiServer.NotFoundException gone) {
            // It was deleted, or its kind has no status that could be written, which does not change soon.
            remember(status, "", "");
        } catch (ApiServer.BusyException e) {
            if (!e.isRefusal()) {
                throw e;
            }
            // Of this object, perhaps: the others come next, but if it is so of all of them, not at once.
            meters.statusFailed();
            problem = WRONG + e.getMessage();
            remember(status, status.object().version(), problem);
            return pacer.afterFailure();
        }
        return PAUSE;
    }

    private void remember(Status status, String refused, String why) {
        told.put(status.object().key(), new Told(timeless(status.status()), nanoTime.getAsLong(), refused, why));
    }

    private static ObjectNode timeless(ObjectNode status) {
        ObjectNode copy = status.deepCopy();
        copy.findParents("lastTransitionTime").forEach(node -> ((ObjectNode) node).remove("lastTransitionTime"));
        return copy;
    }

    @Override
    public void close() {
        thread.close();
    }
}
