package io.inmesh.server.etcd;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.inmesh.server.etcd.rpc.AuthenticateRequest;
import io.inmesh.server.etcd.rpc.KVGrpc;
import io.inmesh.server.etcd.rpc.LeaseRevokeRequest;
import io.inmesh.server.etcd.rpc.PutRequest;
import io.inmesh.server.etcd.rpc.RangeRequest;
import io.inmesh.server.etcd.rpc.RangeResponse;
import io.inmesh.server.etcd.rpc.RequestOp;
import io.inmesh.server.etcd.rpc.TxnRequest;
import java.net.URI;
import java.util.List;

/** What an operator does to an etcd besides. */
final class EtcdTool {

    /** The engine has no use for it; its request has the revision where that of a revocation has the lease. */
    private static final MethodDescriptor<LeaseRevokeRequest, RangeResponse> COMPACT =
            MethodDescriptor.<LeaseRevokeRequest, RangeResponse>newBuilder()
                    .setType(MethodType.UNARY)
                    .setFullMethodName("etcdserverpb.KV/Compact")
                    .setRequestMarshaller(ProtoUtils.marshaller(LeaseRevokeRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(RangeResponse.getDefaultInstance()))
                    .build();

    private EtcdTool() {}

    /** Forgets what happened up to a revision. */
    static void compact(URI endpoint, long revision) {
        call(
                endpoint,
                InsecureChannelCredentials.create(),
                COMPACT,
                LeaseRevokeRequest.newBuilder().setID(revision).build());
    }

    /** Makes a user {@code root} who may do everything, and has etcd ask who calls from then on. */
    static void enableAuthentication(URI endpoint, ChannelCredentials credentials, String password) {
        auth(endpoint, credentials, "UserAdd", "root", password);
        auth(endpoint, credentials, "RoleAdd", "root", "");
        auth(endpoint, credentials, "UserGrantRole", "root", "root");
        auth(endpoint, credentials, "AuthEnable", "", "");
    }

    /** Requests of this service have texts in their first two fields, as that to log in has. */
    private static void auth(URI endpoint, ChannelCredentials credentials, String method, String first, String second) {
        call(
                endpoint,
                credentials,
                MethodDescriptor.<AuthenticateRequest, RangeResponse>newBuilder()
                        .setType(MethodType.UNARY)
                        .setFullMethodName("etcdserverpb.Auth/" + method)
                        .setRequestMarshaller(ProtoUtils.marshaller(AuthenticateRequest.getDefaultInstance()))
                        .setResponseMarshaller(ProtoUtils.marshaller(RangeResponse.getDefaultInstance()))
                        .build(),
                AuthenticateRequest.newBuilder()
                        .setName(first)
                        .setPassword(second)
                        .build());
    }

    /** Writes an entry as somebody else would. */
    static void put(URI endpoint, String key, String value) {
        call(
                endpoint,
                InsecureChannelCredentials.create(),
                KVGrpc.getTxnMethod(),
                TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestPut(PutRequest.newBuilder()
                                        .setKey(ByteString.copyFromUtf8(key))
                                        .setValue(ByteString.copyFromUtf8(value))))
                        .build());
    }

    /** {@return all keys that begin with a prefix} */
    static List<String> keys(URI endpoint, String prefix) {
        ByteString start = ByteString.copyFromUtf8(prefix);
        return call(
                        endpoint,
                        InsecureChannelCredentials.create(),
                        KVGrpc.getRangeMethod(),
                        RangeRequest.newBuilder()
                                .setKey(start)
                                .setRangeEnd(Keys.end(start))
                                .build())
                .getKvsList()
                .stream()
                .map(entry -> entry.getKey().toStringUtf8())
                .toList();
    }

    private static <Q, A> A call(
            URI endpoint, ChannelCredentials credentials, MethodDescriptor<Q, A> method, Q request) {
        ManagedChannel channel = Grpc.newChannelBuilder(endpoint.getHost() + ":" + endpoint.getPort(), credentials)
                .build();
        try {
            return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT.withWaitForReady(), request);
        } finally {
            channel.shutdownNow();
        }
    }
}
