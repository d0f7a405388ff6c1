package io.inmesh.server;

import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.ca.AuthoritySettings;
import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.ca.JoinTokens;
import io.inmesh.server.ca.ProcessTrust;
import io.inmesh.server.ca.RootRotation;
import io.inmesh.server.ca.SharedAuthority;
import io.inmesh.server.ca.TrustReport;
import io.inmesh.server.replica.Leadership;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.FollowedTables;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/**
 * The certificate authority of this server: one of its own, or the one that all servers on a store are.
 *
 * @param engine the store
 * @param followed the tables of it that are followed
 * @param leadership which servers there are
 * @param audit what is done to the authority
 * @param clock the time of day
 */
record OwnAuthority(Engine engine, FollowedTables followed, Leadership leadership, AuditLog audit, InstantSource clock)
        implements TrustReport.Source {

    /**
     * Opens it.
     *
     * @param shared whether the store is one of several servers
     * @throws IOException if it cannot be used; the message says what to do
     */
    CertificateAuthority open(ServerOptions options, AuthoritySettings settings, boolean shared, SecureRandom random)
            throws IOException {
        Path files = files(options);
        if (shared) {
            return SharedAuthority.open(
                    settings, engine, followed, files, options.trustDomain(), System.getenv(), clock, random);
        }
        SharedAuthority.requireNone(engine, files);
        return settings.open(files, options.trustDomain(), System.getenv(), clock, random);
    }

    /** {@return the folder of an authority in files} */
    static Path files(ServerOptions options) {
        return options.dataDir().resolve("ca");
    }

    /** {@return the steps that replace its root} */
    RootRotation rotation(
            CertificateAuthority authority,
            Supplier<List<ProcessTrust>> processes,
            Supplier<String> bundleVersion,
            JoinTokens tokens) {
        return new RootRotation(authority, processes, bundleVersion, this, tokens, audit, clock);
    }

    /** Notes which steps have reached everybody, if this server leads. */
    void advance(RootRotation rotation) {
        leadership.fence().ifPresent(fence -> rotation.advance(List.of(fence)));
    }

    @Override
    public List<TrustReport.Other> others() {
        return leadership.replicas().stream()
                .filter(replica -> !replica.id().equals(leadership.id()))
                .map(replica -> new TrustReport.Other(replica.id(), replica.name(), replica.trust()))
                .toList();
    }

    @Override
    public List<String> unheard() {
        return followed.behind().stream()
                .map(behind -> "this server has not heard of other control servers since " + behind.since() + ": "
                        + behind.reason())
                .toList();
    }
}
