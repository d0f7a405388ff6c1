package io.inmesh.server;

import io.inmesh.server.ads.StreamHub;
import io.inmesh.server.ca.PeerTrust;
import io.inmesh.server.ca.ServerCertificate;
import io.inmesh.server.handover.HandOver;
import io.inmesh.server.lrs.Reports;
import io.inmesh.server.peer.Peers;
import io.inmesh.server.peer.Stranded;
import io.inmesh.server.replica.Leadership;
import io.inmesh.server.replica.ReplicaSettings;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.time.SystemTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;

/** The other control servers, as this one reaches them. */
final class OwnPeers {

    /** How often this server looks for others. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** How often this server looks which processes are connected to servers that are cut off from the store. */
    private static final Duration LOOK_FOR_STRANDED = Duration.ofSeconds(5);

    private OwnPeers() {}

    /** {@return the others, which are told from now on what processes report to this server} */
    static Peers of(
            Leadership leadership,
            ServerCertificate certificate,
            PeerTrust trust,
            Reports reports,
            SystemTimer timer,
            SecureRandom random,
            MeterRegistry meters) {
        Peers peers = new Peers(
                leadership.id(),
                leadership::replicas,
                certificate.clientKeyManager(),
                trust,
                timer,
                random::nextDouble,
                meters);
        reports.tell(peers);
        Regularly.every(LOOK, peers::refresh, timer);
        return peers;
    }

    /** {@return the processes of servers that are cut off from the store, which are looked for from now on} */
    static Stranded stranded(Peers peers, SystemTimer timer) {
        Stranded stranded = new Stranded(peers, timer);
        // A timer of its own: other servers may take seconds to answer.
        Regularly.every(LOOK_FOR_STRANDED, stranded::look, timer);
        return stranded;
    }

    /** {@return what asks processes to go to the others, from now on} */
    static HandOver handOver(
            ReplicaSettings settings,
            ConfigStore store,
            Leadership leadership,
            Peers peers,
            StreamHub hub,
            SystemTimer timer,
            SecureRandom random,
            MeterRegistry meters) {
        HandOver handOver = new HandOver(
                settings.handOverAfter(),
                new HandOver.Surroundings(() -> !store.hears(), leadership, peers),
                hub,
                timer,
                random,
                meters);
        // A timer of its own: others may take seconds to say how they stand.
        Regularly.every(HandOver.STEP, handOver::step, timer);
        return handOver;
    }
}
