package io.inmesh.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.call.Probe;
import io.inmesh.call.Prober;
import io.inmesh.load.ServerLoad;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Asks endpoints for their load on the connections of calls, by a method that a mesh server answers itself, in its trailers. */
final class LoadProber implements Prober {

    private final EndpointChannels channels;

    LoadProber(EndpointChannels channels) {
        this.channels = channels;
    }

    @Override
    public void probe(Probe probe) {
        ClientCall<InputStream, InputStream> call;
        try {
            ManagedChannel channel = channels.of(probe);
            call = channel.newCall(
                    LoadService.METHOD,
                    CallOptions.DEFAULT
                            .withDeadlineAfter(probe.timeoutNanos(), TimeUnit.NANOSECONDS)
                            .withExecutor(Runnable::run));
        } catch (SSLException e) {
            probe.failed();
            return;
        }
        call.start(new Answer(probe), new Metadata());
        call.sendMessage(InputStream.nullInputStream());
        call.halfClose();
        call.request(1);
    }

    /** {@return what trailers say about their endpoint's load; null if nothing} */
    static @Nullable ServerLoad load(Metadata trailers) {
        byte[] report = trailers.get(OrcaBytes.KEY);
        return report == null ? null : OrcaBytes.read(report);
    }

    /** Ends a probe; on the transport's thread, since that is all it does. */
    private static final class Answer extends ClientCall.Listener<InputStream> {
        private final Probe probe;

        Answer(Probe probe) {
            this.probe = probe;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ServerLoad load = load(trailers);
            if (load == null) {
                probe.failed();
            } else {
                probe.answered(load);
            }
        }
    }
}
