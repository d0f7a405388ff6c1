package io.inmesh.server.peer;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.peer.rpc.Hearing;

/** Passes on whether another server hears of the store. That of an older version has no such call, which is an answer as well: it is there. */
final class HearsObserver implements StreamObserver<Hearing> {

    private final StreamObserver<Hears> next;

    HearsObserver(StreamObserver<Hears> next) {
        this.next = next;
    }

    @Override
    public void onNext(Hearing answer) {
        next.onNext(answer.getHears() ? Hears.YES : Hears.NO);
    }

    @Override
    public void onError(Throwable cause) {
        if (Status.fromThrowable(cause).getCode() == Status.Code.UNIMPLEMENTED) {
            next.onNext(Hears.CANNOT_SAY);
            next.onCompleted();
        } else {
            next.onError(cause);
        }
    }

    @Override
    public void onCompleted() {
        next.onCompleted();
    }
}
