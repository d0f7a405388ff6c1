package io.inmesh.server.etcd;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.inmesh.server.etcd.Calls.Task;
import io.inmesh.server.etcd.rpc.Compare;
import io.inmesh.server.etcd.rpc.Compare.CompareTarget;
import io.inmesh.server.etcd.rpc.DeleteRangeRequest;
import io.inmesh.server.etcd.rpc.KVGrpc;
import io.inmesh.server.etcd.rpc.KeyValue;
import io.inmesh.server.etcd.rpc.PutRequest;
import io.inmesh.server.etcd.rpc.RangeRequest;
import io.inmesh.server.etcd.rpc.RangeResponse;
import io.inmesh.server.etcd.rpc.RequestOp;
import io.inmesh.server.etcd.rpc.TxnRequest;
import io.inmesh.server.etcd.rpc.TxnResponse;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.LeaseLostException;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.StoreUnavailableException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that are made once, and reported as what they were.
 *
 * <p>An answer that does not come leaves open whether a transaction has been made, and whether it is still to be. Every transaction
 * therefore moves a <em>mark</em> on: it is made only if the mark is where it was, and writes its own value to it. Sent again it finds that
 * value, and is done; or it does not, and whichever of the two comes first keeps the other from being made. A mark serves one transaction at
 * a time, and the next one after it. Marks of servers that are gone are swept after a day.
 */
final class Changes implements AutoCloseable {

    private static final int MOST_SWEPT = 1000;
    private static final int MOST_REMOVED = 100;

    private final Calls calls;
    private final Keys keys;
    private final InstantSource clock;
    private final String own = UUID.randomUUID().toString();
    private final AtomicLong number = new AtomicLong();
    private final Queue<Mark> idle = new ConcurrentLinkedQueue<>();

    Changes(Calls calls, Keys keys, InstantSource clock) {
        this.calls = calls;
        this.keys = keys;
        this.clock = clock;
    }

    /** An entry that only one transaction at a time writes to. */
    private static final class Mark {
        private final ByteString key;
        private @Nullable ByteString value;

        Mark(ByteString key) {
            this.key = key;
        }
    }

    /** As {@link io.inmesh.server.store.Engine#change}. */
    boolean change(List<Guard> guards, List<Write> writes) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        guards.forEach(guard -> request.addCompare(is(keys.of(guard.table(), guard.key()), bytes(guard.expected()))));
        if (writes.isEmpty()) {
            // Without a read that is not serializable a member answers from what it has, however old.
            RequestOp current = read(keys.of(Keys.MARKS, own));
            return calls.ask(
                            KVGrpc.getTxnMethod(),
                            request.addSuccess(current).addFailure(current).build())
                    .getSucceeded();
        }
        writes.forEach(write -> request.addSuccess(operation(write)));
        Mark mark = idle.poll();
        if (mark == null) {
            mark = new Mark(keys.of(Keys.MARKS, own + "-" + number.incrementAndGet()));
        }
        ByteString mine = value("made");
        request.addSuccess(put(mark.key, mine, 0)).addFailure(read(mark.key));
        Task task = calls.task();
        try {
            return attempt(task, mark, mine, request);
        } finally {
            if (!task.inDoubt()) {
                idle.add(mark);
            }
        }
    }

    private boolean attempt(Task task, Mark mark, ByteString mine, TxnRequest.Builder guarded) {
        while (true) {
            TxnResponse answer;
            try {
                answer = task.once(
                        KVGrpc.getTxnMethod(),
                        guarded.clone().addCompare(is(mark.key, mark.value)).build());
            } catch (StatusRuntimeException e) {
                if (Answers.mayBeMade(e) ? made(task, mark, mine) : task.inDoubt() && settled(task, mark, mine)) {
                    return true;
                }
                throw Answers.refused(e);
            }
            if (answer == null) {
                continue;
            }
            if (answer.getSucceeded()) {
                mark.value = mine;
                task.settled();
                return true;
            }
            if (task.inDoubt()) {
                return settled(task, mark, mine);
            }
            ByteString found = value(answer);
            if (Objects.equals(found, mark.value)) {
                return false;
            }
            // Somebody has swept it: nothing that was sent can have been made, so it is tried from where the mark is
            // now.
            mark.value = found;
        }
    }

    /** Looks what has become of a transaction that was answered, and settles earlier attempts. {@return whether it has been made} */
    private boolean made(Task task, Mark mark, ByteString mine) {
        boolean earlier = task.inDoubt();
        task.doubted();
        ByteString found;
        try {
            RangeResponse answer = task.always(
                    KVGrpc.getRangeMethod(),
                    RangeRequest.newBuilder().setKey(mark.key).build());
            found = answer.getKvsCount() == 0 ? null : answer.getKvs(0).getValue();
        } catch (StatusRuntimeException e) {
            throw unknown(Answers.text(e.getStatus()), e);
        } catch (StoreUnavailableException e) {
            throw unknown(e.getMessage(), e);
        }
        if (earlier && !mine.equals(found)) {
            return settled(task, mark, mine);
        }
        mark.value = found;
        task.settled();
        return mine.equals(found);
    }

    /** Keeps a transaction in doubt from being made from now on. {@return whether it has been} */
    private boolean settled(Task task, Mark mark, ByteString mine) {
        ByteString closed = value("not made");
        TxnResponse answer;
        try {
            answer = task.always(
                    KVGrpc.getTxnMethod(),
                    TxnRequest.newBuilder()
                            .addCompare(is(mark.key, mark.value))
                            .addSuccess(put(mark.key, closed, 0))
                            .addFailure(read(mark.key))
                            .build());
        } catch (StatusRuntimeException e) {
            throw unknown(Answers.text(e.getStatus()), e);
        } catch (StoreUnavailableException e) {
            throw unknown(e.getMessage(), e);
        }
        ByteString found = answer.getSucceeded() ? closed : value(answer);
        if (mine.equals(found) || closed.equals(found)) {
            mark.value = found;
            task.settled();
            return mine.equals(found);
        }
        throw unknown("its mark has been swept", null);
    }

    private static StoreUnavailableException unknown(@Nullable String why, @Nullable Throwable cause) {
        return StoreUnavailableException.outcomeUnknown(
                "whether the change has been made is not known, because etcd cannot be asked: " + why
                        + "; read before trying again",
                cause);
    }

    /** Unlike any other; begins with the time, for those who sweep. */
    private ByteString value(String what) {
        return ByteString.copyFromUtf8(clock.millis() + " " + what + " " + own + " " + number.incrementAndGet());
    }

    private static @Nullable ByteString value(TxnResponse answer) {
        var entries = answer.getResponses(answer.getResponsesCount() - 1).getResponseRange();
        return entries.getKvsCount() == 0 ? null : entries.getKvs(0).getValue();
    }

    /** Removes marks that have not moved for a day: those of servers that are gone, or have long been idle and will notice. */
    void sweep() {
        ByteString marks = keys.of(Keys.MARKS);
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(marks)
                .setRangeEnd(Keys.end(marks))
                .setLimit(MOST_SWEPT)
                .build();
        long old = clock.millis() - Duration.ofDays(1).toMillis();
        for (KeyValue mark : calls.ask(KVGrpc.getRangeMethod(), request).getKvsList()) {
            String time = mark.getValue().toStringUtf8().split(" ", 2)[0];
            if (time.matches("\\d{1,18}") && Long.parseLong(time) < old) {
                calls.ask(
                        KVGrpc.getTxnMethod(),
                        TxnRequest.newBuilder()
                                .addCompare(Compare.newBuilder()
                                        .setKey(mark.getKey())
                                        .setTarget(CompareTarget.MOD)
                                        .setModRevision(mark.getModRevision()))
                                .addSuccess(remove(mark.getKey()))
                                .build());
            }
        }
    }

    private RequestOp operation(Write write) {
        ByteString key = keys.of(write.table(), write.key());
        if (write.value() == null) {
            return remove(key);
        }
        long lease = 0;
        if (write.lease() instanceof EtcdLease held) {
            if (held.over()) {
                throw new LeaseLostException();
            }
            lease = held.id();
        }
        return put(key, ByteString.copyFrom(write.value()), lease);
    }

    private static RequestOp put(ByteString key, ByteString value, long lease) {
        return RequestOp.newBuilder()
                .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease))
                .build();
    }

    private static RequestOp remove(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
                .build();
    }

    private static RequestOp read(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key))
                .build();
    }

    private static Compare is(ByteString key, @Nullable ByteString expected) {
        Compare.Builder compare = Compare.newBuilder().setKey(key);
        return expected == null
                ? compare.setTarget(CompareTarget.CREATE).setCreateRevision(0).build()
                : compare.setTarget(CompareTarget.VALUE).setValue(expected).build();
    }

    private static @Nullable ByteString bytes(byte @Nullable [] value) {
        return value == null ? null : ByteString.copyFrom(value);
    }

    /** Removes the marks that nobody needs any more; those that are left are swept by another server some day. */
    @Override
    public void close() {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        for (Mark mark = idle.poll(); mark != null && request.getSuccessCount() < MOST_REMOVED; mark = idle.poll()) {
            if (mark.value != null) {
                request.addSuccess(remove(mark.key));
            }
        }
        if (request.getSuccessCount() > 0) {
            calls.ask(KVGrpc.getTxnMethod(), request.build());
        }
    }
}
