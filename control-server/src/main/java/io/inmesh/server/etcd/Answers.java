package io.inmesh.server.etcd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.inmesh.server.store.Engine.LeaseLostException;
import io.inmesh.server.store.Engine.TooLargeException;
import io.inmesh.server.store.StoreUnavailableException;
import javax.net.ssl.SSLException;

/** What etcd's errors mean. Its codes alone do not tell, so its texts are read too; they are part of its API (v3rpc/rpctypes). */
final class Answers {

    private static final String NO_SPACE = "database space exceeded";

    /** What it answers to a call without a login once it asks for users. */
    private static final String NO_USER = "user name is empty";

    private Answers() {}

    /** What to do next. */
    enum Verdict {
        /** Nothing has happened; another member, or the same a little later, may do it. */
        ELSEWHERE,
        /** It may have happened; another member may tell. */
        DOUBT,
        /** Nothing has happened because the login is not known any more. */
        LOGIN,
        /** Nothing has happened, nor would it again. */
        REFUSED
    }

    /**
     * {@return what to make of a failed call}
     *
     * @param sent whether the request has left
     */
    static Verdict of(Status status, boolean sent) {
        String text = text(status);
        return switch (status.getCode()) {
            case UNAUTHENTICATED -> Verdict.LOGIN;
            case UNAVAILABLE -> !sent || text.equals("etcdserver: no leader") ? Verdict.ELSEWHERE : Verdict.DOUBT;
            case RESOURCE_EXHAUSTED -> text.contains("too many requests") ? Verdict.ELSEWHERE : Verdict.REFUSED;
            case INVALID_ARGUMENT ->
                text.contains("auth store is old") || text.contains(NO_USER) ? Verdict.LOGIN : Verdict.REFUSED;
            case PERMISSION_DENIED, NOT_FOUND, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED -> Verdict.REFUSED;
            default -> sent ? Verdict.DOUBT : Verdict.ELSEWHERE;
        };
    }

    /** {@return what to throw about a call that was refused} */
    static RuntimeException refused(StatusRuntimeException e) {
        String text = text(e.getStatus());
        if (text.contains("lease not found")) {
            return new LeaseLostException();
        }
        if (text.contains("too many operations")) {
            return new TooLargeException(
                    "the change has more entries than etcd takes at once; make it smaller, or start etcd with a greater"
                            + " --max-txn-ops (128 unless set)",
                    e);
        }
        if (text.contains("request is too large") || text.contains("larger than max")) {
            return new TooLargeException(
                    "the change is larger than etcd takes at once; make it smaller, or start etcd with a greater"
                            + " --max-request-bytes (1.5 MiB unless set)",
                    e);
        }
        return StoreUnavailableException.nothingChanged("etcd refuses: " + text + "; " + remedy(text), e);
    }

    /**
     * {@return whether a change may have been made although it was refused: the change that comes to etcd's quota first is made and then
     * answered so (its quota applier); those after it are not made}
     */
    static boolean mayBeMade(StatusRuntimeException e) {
        return text(e.getStatus()).contains(NO_SPACE);
    }

    /** {@return whether what was asked for has been forgotten} */
    static boolean compacted(StatusRuntimeException e) {
        return text(e.getStatus()).contains("has been compacted");
    }

    /** {@return whether the answer did not fit into what a channel takes} */
    static boolean tooLarge(StatusRuntimeException e) {
        return e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED
                && text(e.getStatus()).contains("exceeds maximum size");
    }

    private static String remedy(String text) {
        if (text.contains("permission denied")) {
            return "give the user's role readwrite on store.etcd.prefix: etcdctl role grant-permission ROLE --prefix=true"
                    + " readwrite PREFIX/";
        }
        if (text.contains("authentication failed")) {
            return "see store.etcd.user and what is in store.etcd.passwordFile";
        }
        if (text.contains(NO_USER)) {
            return "it asks for users now: name one in store.etcd.user and its password's file in store.etcd.passwordFile";
        }
        if (text.contains("authentication is not enabled")) {
            return "take store.etcd.user out, or have etcd ask for it: etcdctl auth enable";
        }
        if (text.contains(NO_SPACE)) {
            return "its quota is used up: compact, defragment, raise --quota-backend-bytes, then etcdctl alarm disarm";
        }
        return "see its log";
    }

    /**
     * {@return what to do about a member that has not answered}
     *
     * @param status why not
     * @param tls whether it was asked with TLS
     */
    static String remedy(Status status, boolean tls) {
        Throwable cause = status.getCause();
        while (cause != null && !(cause instanceof SSLException)) {
            cause = cause.getCause();
        }
        if (cause != null) {
            return "TLS with it fails: see that store.etcd.caCertificates has who vouches for etcd's members and the names"
                    + " they are called by, and that store.etcd.certificate, with its key, is one that etcd takes"
                    + " (--trusted-ca-file)";
        }
        return "see that most of its members run and can reach each other"
                + (tls ? "" : ", and write https:// in store.etcd.endpoints if they are asked with TLS");
    }

    /** {@return what etcd or gRPC says, in words for people: the first line, as netty adds its own state, and what it comes from} */
    static String text(Status status) {
        String description = status.getDescription();
        String told = description == null
                ? status.getCode().toString()
                : description.lines().findFirst().orElse("");
        Throwable cause = status.getCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null || cause.getMessage() == null
                ? told
                : told + " (" + cause.getMessage().lines().findFirst().orElse("") + ")";
    }
}
