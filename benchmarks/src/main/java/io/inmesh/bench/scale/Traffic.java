package io.inmesh.bench.scale;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import java.util.concurrent.atomic.LongAdder;

/** Counts what travels over discovery streams: bytes of messages, before TLS. */
final class Traffic extends ClientStreamTracer.Factory {

    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder responses = new LongAdder();

    /** {@return bytes that came from the server} */
    long received() {
        return received.sum();
    }

    /** {@return bytes that went to the server} */
    long sent() {
        return sent.sum();
    }

    /** {@return responses that came from the server} */
    long responses() {
        return responses.sum();
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            @Override
            public void inboundWireSize(long bytes) {
                received.add(bytes);
            }

            @Override
            public void outboundWireSize(long bytes) {
                sent.add(bytes);
            }

            @Override
            public void inboundMessage(int sequence) {
                responses.increment();
            }
        };
    }
}
