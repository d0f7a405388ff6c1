package io.inmesh.server.peer;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** All that one server answers to one question. */
final class Collecting<M, T> implements StreamObserver<M> {

    private final Function<M, T> reading;
    private final List<T> read = new ArrayList<>();
    private final CompletableFuture<List<T>> whole = new CompletableFuture<>();

    /** Reads each message; one that cannot be read spoils the answer, which is better than half of it. */
    Collecting(Function<M, T> reading) {
        this.reading = reading;
    }

    /** Why there is no answer. */
    static final class NoAnswer extends Exception {
        private final boolean away;

        NoAnswer(String reason, boolean away) {
            super(reason);
            this.away = away;
        }

        /** {@return whether there is nobody to answer, or nobody who can be reached} */
        boolean away() {
            return away;
        }
    }

    @Override
    public void onNext(M message) {
        try {
            read.add(reading.apply(message));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            whole.completeExceptionally(e);
        }
    }

    @Override
    public void onError(Throwable cause) {
        whole.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {
        whole.complete(read);
    }

    /**
     * {@return the whole answer}
     *
     * @param limit how long to wait for it
     * @throws NoAnswer if it has not come by then, or never will
     */
    List<T> within(Duration limit) throws NoAnswer {
        try {
            return whole.get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswer("the wait for it was interrupted", false);
        } catch (TimeoutException e) {
            throw new NoAnswer("no answer in time", false);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new NoAnswer(reason(cause), Status.fromThrowable(cause).getCode() == Status.Code.UNAVAILABLE);
        }
    }

    /** {@return why a call failed, in words for operators} */
    static String reason(Throwable cause) {
        Status status = Status.fromThrowable(cause);
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> "no answer in time";
            case UNIMPLEMENTED -> "it is of a version that cannot be asked";
            case UNKNOWN -> "its answer cannot be read: " + cause.getMessage();
            default -> status.getCode() + (status.getDescription() == null ? "" : ": " + status.getDescription());
        };
    }
}
