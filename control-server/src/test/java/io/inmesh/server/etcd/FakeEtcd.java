package io.inmesh.server.etcd;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.etcd.rpc.Compare;
import io.inmesh.server.etcd.rpc.KVGrpc;
import io.inmesh.server.etcd.rpc.KeyValue;
import io.inmesh.server.etcd.rpc.RangeRequest;
import io.inmesh.server.etcd.rpc.RangeResponse;
import io.inmesh.server.etcd.rpc.RequestOp;
import io.inmesh.server.etcd.rpc.ResponseHeader;
import io.inmesh.server.etcd.rpc.ResponseOp;
import io.inmesh.server.etcd.rpc.TxnRequest;
import io.inmesh.server.etcd.rpc.TxnResponse;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;

/** As much of etcd as transactions need, which loses and delays them as a test says. */
final class FakeEtcd extends KVGrpc.KVImplBase implements AutoCloseable {

    /** What happens to the next transaction. */
    enum Fate {
        /** It is made, and the answer arrives. */
        MADE,
        /** It is made, and nobody hears of it. */
        ANSWER_LOST,
        /** It is made, and the answer says that there is no space for it, as of the transaction that comes to the quota. */
        MADE_WITHOUT_SPACE,
        /** It is not made, and the answer says that there is no space for it. */
        NO_SPACE,
        /** It is not made. */
        REQUEST_LOST,
        /** It is made after the next one that reaches us, or by {@link FakeEtcd#deliver}; nobody hears of it. */
        DELAYED
    }

    private final Deque<Fate> fates = new ArrayDeque<>();
    private final Deque<TxnRequest> delayed = new ArrayDeque<>();
    private final TreeMap<String, ByteString> entries = new TreeMap<>();
    private final Server server;
    private TxnRequest last = TxnRequest.getDefaultInstance();
    private int made;
    private boolean alwaysLost;

    FakeEtcd() throws IOException {
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(this)
                .build()
                .start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    /** Says what happens to the next transactions; those after them are made. */
    synchronized void next(Fate... next) {
        fates.addAll(java.util.List.of(next));
    }

    /** Loses everything from now on. */
    synchronized void loseAll() {
        alwaysLost = true;
    }

    /** Writes an entry as somebody else would. */
    synchronized void set(String key, String value) {
        entries.put(key, ByteString.copyFromUtf8(value));
    }

    /** {@return the value of an entry; null if there is none} */
    synchronized String value(String key) {
        ByteString value = entries.get(key);
        return value == null ? null : value.toStringUtf8();
    }

    /** {@return how many transactions have been made whose guards held} */
    synchronized int made() {
        return made;
    }

    /** {@return the transaction that reached us last} */
    synchronized TxnRequest last() {
        return last;
    }

    /** Makes what has been delayed. */
    synchronized void deliver() {
        for (TxnRequest request = delayed.poll(); request != null; request = delayed.poll()) {
            make(request);
        }
    }

    @Override
    public synchronized void txn(TxnRequest request, StreamObserver<TxnResponse> answer) {
        last = request;
        Fate fate = alwaysLost ? Fate.REQUEST_LOST : fates.poll();
        if (fate == null || fate == Fate.MADE) {
            answer.onNext(make(request));
            answer.onCompleted();
            deliver();
            return;
        }
        if (fate == Fate.MADE_WITHOUT_SPACE || fate == Fate.NO_SPACE) {
            if (fate == Fate.MADE_WITHOUT_SPACE) {
                make(request);
            }
            answer.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("etcdserver: mvcc: database space exceeded")
                    .asRuntimeException());
            return;
        }
        if (fate == Fate.ANSWER_LOST) {
            make(request);
        } else if (fate == Fate.DELAYED) {
            delayed.add(request);
        }
        answer.onError(Status.UNAVAILABLE
                .withDescription("etcdserver: request timed out")
                .asRuntimeException());
    }

    @Override
    public synchronized void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
        if (alwaysLost) {
            answer.onError(Status.UNAVAILABLE
                    .withDescription("etcdserver: request timed out")
                    .asRuntimeException());
            return;
        }
        answer.onNext(read(request));
        answer.onCompleted();
    }

    private RangeResponse read(RangeRequest request) {
        RangeResponse.Builder answer = RangeResponse.newBuilder().setHeader(ResponseHeader.newBuilder());
        ByteString value = entries.get(request.getKey().toStringUtf8());
        if (value != null) {
            answer.addKvs(KeyValue.newBuilder().setKey(request.getKey()).setValue(value));
        }
        return answer.build();
    }

    private TxnResponse make(TxnRequest request) {
        boolean holds = request.getCompareList().stream().allMatch(this::holds);
        TxnResponse.Builder answer = TxnResponse.newBuilder().setSucceeded(holds);
        for (RequestOp operation : holds ? request.getSuccessList() : request.getFailureList()) {
            ResponseOp.Builder response = ResponseOp.newBuilder();
            switch (operation.getRequestCase()) {
                case REQUEST_PUT -> {
                    String key = operation.getRequestPut().getKey().toStringUtf8();
                    entries.put(key, operation.getRequestPut().getValue());
                    made += key.contains("/_marks/") ? 0 : 1;
                }
                case REQUEST_DELETE_RANGE ->
                    entries.remove(operation.getRequestDeleteRange().getKey().toStringUtf8());
                default -> response.setResponseRange(read(operation.getRequestRange()));
            }
            answer.addResponses(response);
        }
        return answer.build();
    }

    private boolean holds(Compare compare) {
        ByteString present = entries.get(compare.getKey().toStringUtf8());
        return compare.getTarget() == Compare.CompareTarget.CREATE
                ? present == null
                : compare.getValue().equals(present);
    }

    @Override
    public void close() throws InterruptedException {
        server.shutdownNow().awaitTermination();
    }
}
