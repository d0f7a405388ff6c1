package io.inmesh.server.etcd;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.inmesh.server.etcd.Answers.Verdict;
import io.inmesh.server.etcd.Members.Member;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Calls with one answer: each with a deadline, to one member after the other until one answers or the time is up. */
final class Calls {

    /** Between two attempts; an election takes about a second. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int MOST_LOGINS = 3;

    private final Members members;
    private final Login login;
    private final Timer timer;
    private final long timeoutNanos;

    Calls(Members members, Login login, Timer timer, Duration timeout) {
        this.members = members;
        this.login = login;
        this.timer = timer;
        this.timeoutNanos = timeout.toNanos();
    }

    /** What belongs together and has to be done by one moment. For one thread. */
    final class Task {
        private final long end = timer.nanoTime() + timeoutNanos;
        private int logins;
        private boolean doubt;
        private @Nullable String reason;

        /** {@return whether an attempt may have done what it asked for, without having said so} */
        boolean inDoubt() {
            return doubt;
        }

        /** To be called when an answer leaves open whether what was asked for has been done. */
        void doubted() {
            doubt = true;
        }

        /** To be called when what was in doubt has been cleared up. */
        void settled() {
            doubt = false;
        }

        /**
         * {@return what a member answers; null if a member that was asked has not answered, and may or may not have done it}
         *
         * @throws StatusRuntimeException if it is refused
         * @throws StoreUnavailableException if the time is up
         */
        <Q, A> @Nullable A once(MethodDescriptor<Q, A> method, Q request) {
            return asked(method, request, false);
        }

        /** As {@link #once}, for what may as well be done twice: whether it has been leaves nothing in doubt. */
        <Q, A> A always(MethodDescriptor<Q, A> method, Q request) {
            while (true) {
                A answer = asked(method, request, true);
                if (answer != null) {
                    return answer;
                }
            }
        }

        private <Q, A> @Nullable A asked(MethodDescriptor<Q, A> method, Q request, boolean repeatable) {
            while (true) {
                Member member = members.current();
                Sent sent = new Sent();
                Metadata headers = new Metadata();
                try {
                    long limit = limit();
                    headers = login.headers(member.channel(), limit);
                    return answer(
                            ClientInterceptors.intercept(
                                            member.channel(), MetadataUtils.newAttachHeadersInterceptor(headers))
                                    .newCall(
                                            method,
                                            CallOptions.DEFAULT
                                                    .withDeadlineAfter(limit, TimeUnit.NANOSECONDS)
                                                    .withStreamTracerFactory(sent)),
                            request);
                } catch (StatusRuntimeException e) {
                    Verdict verdict = Answers.of(e.getStatus(), sent.sent);
                    if (verdict == Verdict.REFUSED || (verdict == Verdict.LOGIN && ++logins > MOST_LOGINS)) {
                        throw e;
                    }
                    if (verdict == Verdict.LOGIN) {
                        login.forget(headers);
                        continue;
                    }
                    doubt |= verdict == Verdict.DOUBT && !repeatable;
                    members.leave(member);
                    pause(e, member, doubt && !repeatable);
                    if (verdict == Verdict.DOUBT) {
                        return null;
                    }
                }
            }
        }

        private long limit() {
            long left = end - timer.nanoTime();
            // A third each, so that there is time for another member.
            return Math.max(1, Math.min(left, timeoutNanos / 3));
        }

        private void pause(StatusRuntimeException problem, Member member, boolean unknown) {
            // The last attempt may have had no time left to find out anything.
            if (reason == null || problem.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
                reason = member.endpoint() + ": " + Answers.text(problem.getStatus()) + "; "
                        + Answers.remedy(
                                problem.getStatus(),
                                "https".equals(member.endpoint().getScheme()));
            }
            if (Thread.currentThread().isInterrupted() || end - timer.nanoTime() <= PAUSE_NANOS) {
                String message = "etcd cannot do it now; asked last: " + reason;
                throw unknown
                        ? StoreUnavailableException.outcomeUnknown(
                                message + ". Whether the change has been made is not known: read before trying again",
                                problem)
                        : StoreUnavailableException.nothingChanged(message, problem);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** {@return something to do by the time limit} */
    Task task() {
        return new Task();
    }

    /** {@return the answer to something that may as well be asked twice} */
    <Q, A> A ask(MethodDescriptor<Q, A> method, Q request) {
        try {
            return task().always(method, request);
        } catch (StatusRuntimeException e) {
            throw Answers.refused(e);
        }
    }

    /** Of a stream only the first answer is wanted: etcd's way to keep a lease alive once. */
    private static <Q, A> A answer(ClientCall<Q, A> call, Q request) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(A message) {
                        answer.complete(message);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        answer.completeExceptionally(status.asRuntimeException(trailers));
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage(request);
        call.halfClose();
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.cancel("interrupted", e);
            throw Status.CANCELLED.withDescription("interrupted").asRuntimeException();
        } catch (ExecutionException e) {
            throw (StatusRuntimeException) e.getCause();
        }
    }

    /** Sees whether a request leaves: only then can anything have come of it. */
    private static final class Sent extends ClientStreamTracer.Factory {
        private volatile boolean sent;

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transport, Metadata headers) {
                    sent = true;
                }
            };
        }
    }
}
