package io.inmesh.grpc;

/** How many messages of a stream went each way, and how many bytes they had as bodies: compressed and framed. Thread-safe. */
final class MessageCount {

    /** What gRPC's tracers leave out of every message. Source: gRPC over HTTP/2, {@code Length-Prefixed-Message}. */
    private static final int FRAME_BYTES = 5;

    private int requests;
    private int responses;
    private long requestBytes;
    private long responseBytes;

    synchronized void request() {
        requests++;
        requestBytes += FRAME_BYTES;
    }

    synchronized void response() {
        responses++;
        responseBytes += FRAME_BYTES;
    }

    synchronized void requestBytes(long more) {
        requestBytes += more;
    }

    synchronized void responseBytes(long more) {
        responseBytes += more;
    }

    synchronized int requests() {
        return requests;
    }

    synchronized int responses() {
        return responses;
    }

    synchronized long requestBytes() {
        return requestBytes;
    }

    synchronized long responseBytes() {
        return responseBytes;
    }
}
