package io.inmesh.servlet;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.inmesh.Mesh;
import io.inmesh.grpc.MeshGrpc;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The kinds of servers. Each answers GET, or a gRPC call, with who it takes the caller for. */
enum MatrixServer {
    JETTY("servlet on Jetty") {
        @Override
        Container.Running start(Mesh mesh) throws Exception {
            return servlet(Container.JETTY, mesh);
        }
    },
    TOMCAT("servlet on Tomcat") {
        @Override
        Container.Running start(Mesh mesh) throws Exception {
            return servlet(Container.TOMCAT, mesh);
        }

        @Override
        boolean speaksGrpcInPlaintext() {
            return false;
        }
    },
    GRPC("gRPC server") {
        @Override
        Container.Running start(Mesh mesh) throws Exception {
            BindableService who = () -> ServerServiceDefinition.builder(SERVICE)
                    .addMethod(WHO, ServerCalls.asyncUnaryCall((request, response) -> {
                        response.onNext(caller(MeshGrpc.PEER.get()));
                        response.onCompleted();
                    }))
                    .build();
            Server server = MeshGrpc.server(0, mesh).addService(who).build().start();
            return new Container.Running(
                    server.getPort(), () -> server.shutdownNow().awaitTermination());
        }

        @Override
        boolean speaksHttp1() {
            return false;
        }
    };

    private static final String SERVICE = "test.Who";

    /** The one method, whose messages are plain text, so that no generated code is needed. */
    static final MethodDescriptor<String, String> WHO = MethodDescriptor.<String, String>newBuilder()
            .setFullMethodName(SERVICE + "/Who")
            .setType(MethodDescriptor.MethodType.UNARY)
            .setRequestMarshaller(new Text())
            .setResponseMarshaller(new Text())
            .build();

    final String text;

    MatrixServer(String text) {
        this.text = text;
    }

    abstract Container.Running start(Mesh mesh) throws Exception;

    boolean speaksHttp1() {
        return true;
    }

    /** {@return whether it takes HTTP/2, which gRPC is made of, from clients that know it beforehand} */
    boolean speaksGrpcInPlaintext() {
        return true;
    }

    /** {@return the last part of who the caller is} */
    static String caller(Object peer) {
        String id = String.valueOf(peer);
        return id.substring(id.lastIndexOf('/') + 1);
    }

    private static Container.Running servlet(Container container, Mesh mesh) throws Exception {
        Application application = new Application()
                .on("/who", (request, response) -> response.getWriter().print(callerOf(request)))
                .on("/" + WHO.getFullMethodName(), MatrixServer::answerGrpc);
        return container.start(mesh, new MeshFilter(mesh), application, Container.Settings.USUAL);
    }

    private static String callerOf(HttpServletRequest request) {
        return caller(request.getAttribute(MeshFilter.PEER));
    }

    /** gRPC over HTTP/2: five bytes of flags and length before the message, the status in the trailers. */
    private static void answerGrpc(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.getInputStream().readAllBytes();
        response.setContentType("application/grpc");
        response.setTrailerFields(() -> Map.of("grpc-status", "0"));
        byte[] message = callerOf(request).getBytes(StandardCharsets.UTF_8);
        DataOutputStream frame = new DataOutputStream(response.getOutputStream());
        frame.writeByte(0);
        frame.writeInt(message.length);
        frame.write(message);
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
