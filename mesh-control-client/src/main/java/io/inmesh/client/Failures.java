package io.inmesh.client;

import io.grpc.Status;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Says in one line why a call to the control server failed. */
final class Failures {

    private Failures() {}

    /**
     * {@return whether this is how a server answers whose certificate it does not accept, over a connection on which one was shown}
     *
     * <p>On a connection of before it is a status. On a new one it is an alert (RFC 8446, 6.2) about the certificate; TLS 1.3 has the client
     * finish before the server has looked, so the alert comes with whatever is done first.
     */
    static boolean refusesCertificate(Throwable failure) {
        if (Status.fromThrowable(failure).getCode() == Status.Code.UNAUTHENTICATED) {
            return true;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (cause instanceof SSLException && message.contains("alert") && message.contains("certificate")) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return the gRPC status and its first cause}
     *
     * gRPC wraps what a handshake or a socket said in several layers, and adds the state of its pipeline; the innermost message is the
     * one that says what to do.
     */
    static String text(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String description = status.getDescription();
        String reason = innermost == failure || innermost.getMessage() == null
                ? description == null ? "" : description.lines().findFirst().orElse("")
                : innermost.getMessage();
        if (innermost instanceof CertificateExpiredException
                || innermost instanceof CertificateNotYetValidException
                || innermost instanceof CertPathBuilderException) {
            // The runtime says of a clock that is wrong no more than that there is no way to a root, or a bare date.
            return status.getCode() + ": the server's certificate is not good here: " + reason
                    + "; see that this machine's clock is right, and that the token or INMESH_CA_FILE is of that mesh";
        }
        if (status.getCode() == Status.Code.UNAUTHENTICATED) {
            return "UNAUTHENTICATED: " + reason + "; make a token with: meshctl token create";
        }
        return reason.isEmpty() ? status.getCode().toString() : status.getCode() + ": " + reason;
    }
}
