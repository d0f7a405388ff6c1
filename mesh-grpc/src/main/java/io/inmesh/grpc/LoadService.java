package io.inmesh.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.inmesh.Mesh;
import io.inmesh.load.LoadHeaders;
import io.inmesh.load.ServerLoad;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** Tells how loaded this process is to callers who ask for nothing else. The message is empty; the trailers have the report. */
final class LoadService implements ServerCallHandler<InputStream, InputStream> {

    /** Empty both ways. */
    static final MethodDescriptor<InputStream, InputStream> METHOD = MethodDescriptor.newBuilder(
                    new Empty(), new Empty())
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(LoadHeaders.PROBE_METHOD)
            .build();

    private static final String PATH = "/" + LoadHeaders.PROBE_METHOD;

    private final Mesh mesh;

    private LoadService(Mesh mesh) {
        this.mesh = mesh;
    }

    static ServerServiceDefinition of(Mesh mesh) {
        return ServerServiceDefinition.builder(MethodDescriptor.extractFullServiceName(LoadHeaders.PROBE_METHOD))
                .addMethod(METHOD, new LoadService(mesh))
                .build();
    }

    @Override
    public ServerCall.Listener<InputStream> startCall(ServerCall<InputStream, InputStream> call, Metadata headers) {
        Metadata trailers = new Metadata();
        ServerLoad load = mesh.answerProbe(new GrpcInboundCall(call, headers, PATH, mesh.identity()));
        if (load == null) {
            call.close(Status.PERMISSION_DENIED, trailers);
        } else {
            trailers.put(OrcaBytes.KEY, OrcaBytes.write(load));
            call.sendHeaders(new Metadata());
            call.sendMessage(InputStream.nullInputStream());
            call.close(Status.OK, trailers);
        }
        return new ServerCall.Listener<>() {};
    }

    private static final class Empty implements MethodDescriptor.Marshaller<InputStream> {

        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
            return new ByteArrayInputStream(new byte[0]);
        }
    }
}
