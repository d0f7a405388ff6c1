package io.inmesh.grpc;

import io.grpc.ServerCall;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what a call that waits for its admission hears, and passes it on in order once there is somebody to hear it. No message is among it as
 * long as nobody has asked for one, so little is held.
 */
final class HeldListener<T> extends ServerCall.Listener<T> {

    private final Runnable onCancel;
    // Guarded by this.
    private final Queue<Consumer<ServerCall.Listener<T>>> held = new ArrayDeque<>();
    private volatile ServerCall.@Nullable Listener<T> open;

    /**
     * Makes a listener that holds everything.
     *
     * @param onCancel called when the client goes away while nothing is passed on yet
     */
    HeldListener(Runnable onCancel) {
        this.onCancel = onCancel;
    }

    /** Passes on what was held on this thread, and everything later on the thread it comes on. */
    void open(ServerCall.Listener<T> listener) {
        while (true) {
            Consumer<ServerCall.Listener<T>> event;
            synchronized (this) {
                event = held.poll();
                if (event == null) {
                    open = listener;
                    return;
                }
            }
            event.accept(listener);
        }
    }

    private void hear(Consumer<ServerCall.Listener<T>> event) {
        ServerCall.Listener<T> listener = open;
        if (listener == null) {
            synchronized (this) {
                listener = open;
                if (listener == null) {
                    held.add(event);
                    return;
                }
            }
        }
        event.accept(listener);
    }

    @Override
    public void onMessage(T message) {
        hear(listener -> listener.onMessage(message));
    }

    @Override
    public void onHalfClose() {
        hear(ServerCall.Listener::onHalfClose);
    }

    @Override
    public void onCancel() {
        if (open == null) {
            onCancel.run();
        }
        hear(ServerCall.Listener::onCancel);
    }

    @Override
    public void onComplete() {
        hear(ServerCall.Listener::onComplete);
    }

    @Override
    public void onReady() {
        hear(ServerCall.Listener::onReady);
    }
}
