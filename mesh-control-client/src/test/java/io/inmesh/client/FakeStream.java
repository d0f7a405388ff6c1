package io.inmesh.client;

import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The server's side of one stream: requests wait to be looked at, responses are sent when a test says so. */
final class FakeStream<Q, A> implements StreamObserver<Q> {

    final BlockingQueue<Q> requests = new LinkedBlockingQueue<>();
    final StreamObserver<A> responses;
    final @Nullable X509Certificate peer;
    private final CountDownLatch ended = new CountDownLatch(1);

    FakeStream(StreamObserver<A> responses, @Nullable X509Certificate peer) {
        this.responses = responses;
        this.peer = peer;
    }

    @Override
    public void onNext(Q request) {
        requests.add(request);
    }

    @Override
    public void onError(Throwable cause) {
        ended.countDown();
    }

    @Override
    public void onCompleted() {
        ended.countDown();
    }

    /** Waits until the client has ended it. */
    void awaitEnd() throws InterruptedException {
        if (!ended.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the client did not end the stream");
        }
    }
}
