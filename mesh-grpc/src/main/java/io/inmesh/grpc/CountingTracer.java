package io.inmesh.grpc;

/** Counts the messages of an attempt as well. */
final class CountingTracer extends AttemptTracer {

    private final MessageCount count = new MessageCount();

    @Override
    public void outboundMessageSent(int number, long wireSize, long uncompressedSize) {
        count.request();
    }

    @Override
    public void outboundWireSize(long bytes) {
        count.requestBytes(bytes);
    }

    @Override
    public void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
        count.response();
    }

    @Override
    public void inboundWireSize(long bytes) {
        count.responseBytes(bytes);
    }

    @Override
    MessageCount count() {
        return count;
    }
}
