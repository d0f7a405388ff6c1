package io.inmesh.server.ads;

import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.TrustSecret;
import io.inmesh.xds.TypeUrls;
import java.util.Collection;
import java.util.Optional;

/** How far a client has answered what it was sent. Noted in the stream's mailbox, looked at from any thread. */
final class Settlement {
    private volatile long generation = -1;
    private volatile long endpointsGeneration = Long.MAX_VALUE;
    private volatile Optional<String> trust = Optional.empty();

    /** The newest generation of which the client has answered everything. */
    long generation() {
        return generation;
    }

    /** The newest generation of which the client has answered all endpoints. */
    long endpointsGeneration() {
        return endpointsGeneration;
    }

    /** The version of the trust bundle that the client has taken over; empty if none. */
    Optional<String> trust() {
        return trust;
    }

    /**
     * Notes that the client asks for something, before it is looked up: what changes from then on it may be sent as it was before, so it has to
     * answer first, also for whoever asks while the response is on its way out.
     */
    void noteSubscription(TypeState type) {
        if (type.typeUrl().equals(TypeUrls.ENDPOINT) && type.subscribed() && endpointsGeneration == Long.MAX_VALUE) {
            endpointsGeneration = -1;
        }
    }

    /** Notes up to which generation the client has answered everything. */
    void note(Collection<Delivered> types, ResourceSet set, long current) {
        boolean all = true;
        long endpoints = Long.MAX_VALUE;
        for (Delivered type : types) {
            boolean settled = !type.delivery().outstanding()
                    && type.state().additions(set).isEmpty();
            all &= settled;
            if (type.state().typeUrl().equals(TypeUrls.ENDPOINT) && type.state().subscribed()) {
                endpoints = settled ? current : Math.min(endpointsGeneration, current - 1);
            }
        }
        if (all) {
            generation = current;
        }
        endpointsGeneration = endpoints;
    }

    /** Once a trust bundle is acknowledged it stays so until another one is: what is on its way takes nothing back. */
    void noteTrust(Collection<Delivered> types) {
        for (Delivered type : types) {
            if (type.state().typeUrl().equals(TypeUrls.SECRET)
                    && !type.delivery().outstanding()
                    && !type.delivery().rejected()) {
                trust = type.state().version(TrustSecret.NAME);
            }
        }
    }
}
