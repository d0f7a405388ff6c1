package io.inmesh.server.semantics;

import java.util.Set;
import java.util.TreeSet;

/** What a field changes, over all fixtures that use it. */
final class Effect {
    private boolean library;
    private boolean envoy;
    private boolean grpc;
    private boolean seen;
    private final Set<String> reports = new TreeSet<>();

    void add(boolean inLibrary, boolean inEnvoy, boolean inGrpc, Set<String> told) {
        seen = true;
        library |= inLibrary;
        envoy |= inEnvoy;
        grpc |= inGrpc;
        reports.addAll(told);
    }

    /** {@return whether any fixture uses the field} */
    boolean seen() {
        return seen;
    }

    /** {@return whether it changes the config that our library compiles} */
    boolean library() {
        return library;
    }

    /** {@return whether it changes what Envoy is sent} */
    boolean envoy() {
        return envoy;
    }

    /** {@return whether it changes what stock gRPC is sent} */
    boolean grpc() {
        return grpc;
    }

    /** {@return whether it changes anything for anybody} */
    boolean works() {
        return library || envoy || grpc;
    }

    /** {@return what the server says about the field to whoever writes it} */
    Set<String> reports() {
        return reports;
    }
}
