package io.inmesh.server.federation;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bundle of one other trust domain: the last good one, and what became of the last try to get a newer one. */
final class FederatedBundle {
    private static final Logger LOG = LoggerFactory.getLogger(FederatedBundle.class);

    private final String trustDomain;
    private final Source source;
    private final InstantSource clock;
    private @Nullable SpiffeBundle bundle;
    private @Nullable Instant fetched;
    private String problem = "";

    /** Where a bundle comes from. */
    @FunctionalInterface
    interface Source {
        /** {@return its text} */
        String read() throws IOException;
    }

    FederatedBundle(String trustDomain, Source source, InstantSource clock) {
        this.trustDomain = trustDomain;
        this.source = source;
        this.clock = clock;
    }

    String trustDomain() {
        return trustDomain;
    }

    /** {@return the roots that are known; none if there never was a bundle, so that nobody is trusted} */
    synchronized List<X509Certificate> roots() {
        return bundle == null ? List.of() : bundle.roots();
    }

    /** {@return how long until the next try} */
    synchronized Duration pause() {
        return bundle == null ? SpiffeBundle.DEFAULT_REFRESH : bundle.refresh();
    }

    /** Gets the bundle again; {@return whether the roots have changed}. What is known stays if that fails. */
    boolean refresh() {
        SpiffeBundle fresh;
        try {
            fresh = SpiffeBundle.parse(source.read());
        } catch (IOException e) {
            failed(String.valueOf(e.getMessage()));
            return false;
        }
        return accept(fresh);
    }

    private synchronized boolean accept(SpiffeBundle fresh) {
        SpiffeBundle before = bundle;
        if (before != null && fresh.sequence() >= 0 && fresh.sequence() < before.sequence()) {
            failed("its sequence went back from " + before.sequence() + " to " + fresh.sequence()
                    + "; somebody replays an old one");
            return false;
        }
        bundle = fresh;
        fetched = clock.instant();
        problem = fresh.roots().isEmpty() ? "it holds no root: nobody of " + trustDomain + " is trusted" : "";
        return before == null || !before.roots().equals(fresh.roots());
    }

    private synchronized void failed(String why) {
        problem = why;
        LOG.warn(
                "the trust bundle of {} cannot be had{}: {}",
                trustDomain,
                bundle == null ? ", so nobody there is trusted" : "; the one known stays in use",
                why);
    }

    /** {@return what is known, for operators} */
    synchronized BundleStatus status() {
        SpiffeBundle known = bundle;
        return new BundleStatus(
                trustDomain,
                known == null ? 0 : known.roots().size(),
                known == null ? -1 : known.sequence(),
                known == null
                        ? null
                        : known.roots().stream()
                                .map(X509Certificate::getNotAfter)
                                .min(Date::compareTo)
                                .map(Date::toInstant)
                                .orElse(null),
                fetched,
                problem);
    }
}
