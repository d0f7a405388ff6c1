package io.inmesh.inbound;

import io.inmesh.authz.Authorizer;
import io.inmesh.authz.CanonicalPath;
import io.inmesh.authz.ClientAddress;
import io.inmesh.authz.Forwarders;
import io.inmesh.authz.HostName;
import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings the request into its canonical form, and refuses one that can be read in two ways. */
final class RequireOneReading implements Stage<InboundWork> {

    private static final Verdict<InboundWork> PASS = Verdict.admit();
    private static final int GRPC_INVALID_ARGUMENT = 3;
    private static final int GRPC_UNIMPLEMENTED = 12;

    /** Headers by which frameworks let a POST stand for another method, behind the back of a policy about methods. */
    private static final List<String> METHOD_OVERRIDES =
            List.of("x-http-method-override", "x-http-method", "x-method-override");

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        InboundCall call = work.call();
        if (!HostName.wellFormed(call.host())) {
            return refuse(GRPC_INVALID_ARGUMENT, "the host is not one");
        }
        Forwarders forwarders = work.policy().forwarders();
        if (forwarders != Forwarders.NONE) {
            ClientAddress client = forwarders.client(call);
            if (client.problem() != null) {
                return refuse(GRPC_INVALID_ARGUMENT, client.problem() + " (from " + call.peerAddress() + ")");
            }
            work.client(client);
        }
        return call.protocol() == Call.Protocol.GRPC ? grpc(call) : http(call, work);
    }

    /** Source: gRPC over HTTP/2, {@code Path → "/" Service-Name "/" {method name}}. */
    private static Verdict<InboundWork> grpc(InboundCall call) {
        String path = call.path();
        int second = path.indexOf('/', 1);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean slash = c == '/';
            if (c <= ' ' || c >= 0x7f || slash != (i == 0 || i == second) || "%;\\?#".indexOf(c) >= 0) {
                return refuse(GRPC_UNIMPLEMENTED, "the path is not that of a method");
            }
        }
        return second > 1 && second < path.length() - 1
                ? PASS
                : refuse(GRPC_UNIMPLEMENTED, "the path is not that of a method");
    }

    private static Verdict<InboundWork> http(InboundCall call, InboundWork work) {
        CanonicalPath path = CanonicalPath.of(call.path());
        if (path.suspicious() != null) {
            return refuse(GRPC_INVALID_ARGUMENT, "the path is ambiguous: " + path.suspicious());
        }
        work.path(path.path());
        for (String host : call.headerValues("host")) {
            if (!HostName.wellFormed(host)) {
                return refuse(GRPC_INVALID_ARGUMENT, "the host is not one");
            }
        }
        boolean asked =
                work.policy().authorizer() != Authorizer.NONE || work.policy().external() != null;
        String method = asked ? problemOfMethod(call) : null;
        return method == null ? PASS : refuse(GRPC_INVALID_ARGUMENT, method);
    }

    /** Looked at only where policies may be about methods. */
    private static @Nullable String problemOfMethod(InboundCall call) {
        String method = call.method();
        for (int i = 0; i < method.length(); i++) {
            char c = method.charAt(i);
            if (c >= 'a' && c <= 'z') {
                return "the method is ambiguous: it has small letters";
            }
        }
        if (method.equals("POST")) {
            for (String name : METHOD_OVERRIDES) {
                String override = call.header(name);
                if (override != null && !override.equals(method)) {
                    return "the method is ambiguous: header " + name + " names another one";
                }
            }
        }
        return null;
    }

    private static Verdict<InboundWork> refuse(int grpcStatus, String why) {
        return Verdict.reject(new Outcome.Rejection(Reason.BAD_REQUEST, 400, grpcStatus, why));
    }
}
