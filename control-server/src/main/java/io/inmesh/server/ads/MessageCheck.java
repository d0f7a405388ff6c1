package io.inmesh.server.ads;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bytes that are no message of a method with INVALID_ARGUMENT, and ends the call for the service as if its client had gone.
 * gRPC alone would say UNKNOWN, which reads like a fault of the server, and tell the service that the call had ended well.
 */
final class MessageCheck {

    private MessageCheck() {}

    /** {@return the service with that check before each of its methods} */
    static ServerServiceDefinition on(ServerServiceDefinition service) {
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        service.getMethods().forEach(method -> methods.add(checked(method)));
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        service.getServiceDescriptor().getName())
                .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder checked = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(checked::addMethod);
        return checked.build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> checked(ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
        ServerCallHandler<Q, A> handler = method.getServerCallHandler();
        return ServerMethodDefinition.create(
                descriptor.toBuilder(
                                new Lenient<>(descriptor.getRequestMarshaller()), descriptor.getResponseMarshaller())
                        .build(),
                (call, headers) -> {
                    Ending<Q, A> ending = new Ending<>(call);
                    return new Checked<>(handler.startCall(ending, headers), ending);
                });
    }

    /** Reads null where there is no message: what it threw would end the call before anybody here could. */
    private record Lenient<Q>(Marshaller<Q> strict) implements Marshaller<Q> {
        @Override
        public InputStream stream(Q message) {
            return strict.stream(message);
        }

        @Override
        public @Nullable Q parse(InputStream bytes) {
            try {
                return strict.parse(bytes);
            } catch (RuntimeException e) {
                return null;
            }
        }
    }

    /** A call that can be ended while its service answers on another thread; what that still sends then goes nowhere. */
    private static final class Ending<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private boolean ended;
        private boolean refused;

        Ending(ServerCall<Q, A> call) {
            super(call);
        }

        synchronized void refuse() {
            if (ended) {
                return;
            }
            ended = true;
            refused = true;
            super.close(
                    Status.INVALID_ARGUMENT.withDescription("the bytes sent to "
                            + getMethodDescriptor().getFullMethodName()
                            + " are no message of the kind that it takes (Protocol Buffers)"),
                    new Metadata());
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!ended) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!ended) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!ended) {
                ended = true;
                super.close(status, trailers);
            }
        }

        @Override
        public boolean isCancelled() {
            synchronized (this) {
                if (refused) {
                    return true;
                }
            }
            return super.isCancelled();
        }
    }

    private static final class Checked<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Ending<Q, ?> call;
        private boolean refused;

        Checked(ServerCall.Listener<Q> service, Ending<Q, ?> call) {
            super(service);
            this.call = call;
        }

        @Override
        public void onMessage(@Nullable Q message) {
            if (refused) {
                return;
            }
            if (message != null) {
                super.onMessage(message);
                return;
            }
            refused = true;
            call.refuse();
            super.onCancel();
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            if (!refused) {
                super.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!refused) {
                super.onComplete();
            }
        }

        @Override
        public void onReady() {
            if (!refused) {
                super.onReady();
            }
        }
    }
}
