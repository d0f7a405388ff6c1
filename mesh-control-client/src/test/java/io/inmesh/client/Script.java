package io.inmesh.client;

import com.google.protobuf.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One discovery stream as a test plays it, in either variant of the protocol. */
interface Script {

    /** What a client sent. */
    record Sent(
            String typeUrl,
            List<String> subscribed,
            List<String> unsubscribed,
            java.util.Map<String, String> versions,
            String nonce,
            io.inmesh.xds.rpc.@Nullable Status error,
            io.inmesh.xds.core.Node node) {

        boolean ack() {
            return !nonce.isEmpty() && error == null;
        }

        boolean nack() {
            return !nonce.isEmpty() && error != null;
        }
    }

    /** {@return the next request of a type; those of other types wait} */
    Sent next(String typeUrl) throws InterruptedException;

    /** {@return whether requests of a type wait to be looked at} */
    boolean waits(String typeUrl);

    /** Sends resources; in state of the world that are all there are. */
    void send(String typeUrl, String version, String nonce, List<? extends Message> resources);

    /** Sends that resources are gone, to those who are told. */
    void remove(String typeUrl, String version, String nonce, List<String> names);

    /** Sends a response without resources. */
    void say(String typeUrl, String version, String nonce);

    /** Ends the stream in order. */
    void end();

    /** {@return a leaf certificate that the client has shown, null if none} */
    java.security.cert.@Nullable X509Certificate peer();

    /** Sends resources, and {@return the answer} */
    default Sent answered(String typeUrl, String version, List<? extends Message> resources)
            throws InterruptedException {
        send(typeUrl, version, "nonce-" + version, resources);
        return answer(typeUrl, "nonce-" + version);
    }

    /** {@return the ACK or NACK of a response; requests before it that change names are passed over} */
    default Sent answer(String typeUrl, String nonce) throws InterruptedException {
        Sent sent = next(typeUrl);
        while (!sent.nonce().equals(nonce)) {
            sent = next(typeUrl);
        }
        return sent;
    }
}
