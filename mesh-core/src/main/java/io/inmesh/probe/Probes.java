package io.inmesh.probe;

import io.inmesh.call.Call;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.LoadSink;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.observe.MeshObserver;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the probes that balancers want, if somebody can, and never many at once. One per mesh; thread-safe. */
public final class Probes {

    private static final Logger LOG = LoggerFactory.getLogger(Probes.class);
    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int MOST_UNDER_WAY = 64;

    private final MeshObserver observer;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile @Nullable Prober http;
    private volatile @Nullable Prober grpc;

    /**
     * Makes one that cannot send any yet.
     *
     * @param observer told about each probe
     */
    public Probes(MeshObserver observer) {
        this.observer = observer;
    }

    /** Sets who sends probes to the endpoints that calls of one protocol go to. */
    public void prober(Call.Protocol protocol, Prober prober) {
        if (protocol == Call.Protocol.GRPC) {
            grpc = prober;
        } else {
            http = prober;
        }
    }

    /**
     * Sends what is due. Called when a call is about to be sent.
     *
     * @param sinks the balancers that chose among the endpoints
     * @param call the call
     * @param security whom an endpoint must prove to be
     */
    public void sendDue(
            List<LoadSink> sinks, Call call, Function<Endpoint, @Nullable PeerExpectation> security, long nowNanos) {
        Prober prober = call.protocol() == Call.Protocol.GRPC ? grpc : http;
        if (prober == null) {
            return;
        }
        for (int i = 0; i < sinks.size(); i++) {
            Endpoint endpoint = sinks.get(i).toProbe();
            if (endpoint != null) {
                send(prober, endpoint, call, security.apply(endpoint), nowNanos);
            }
        }
    }

    private void send(Prober prober, Endpoint endpoint, Call call, @Nullable PeerExpectation security, long nowNanos) {
        if (underWay.incrementAndGet() > MOST_UNDER_WAY) {
            underWay.decrementAndGet();
            return;
        }
        String authority = call.host() + ":" + call.port();
        Probe probe = new Probe(this, endpoint, authority, security, nowNanos, TIMEOUT_NANOS);
        try {
            prober.probe(probe);
        } catch (RuntimeException e) {
            LOG.debug("The probe of {} could not be sent; calls go on without", endpoint, e);
            probe.failed();
        }
    }

    void ended(Endpoint endpoint, boolean answered) {
        underWay.decrementAndGet();
        observer.probed(endpoint, answered);
    }
}
