package io.inmesh.server.federation;

import io.inmesh.server.ca.Pem;
import io.inmesh.server.fetch.BoundedHttp;
import io.inmesh.server.fetch.CaFile;
import io.inmesh.server.fetch.ServerUrl;
import io.inmesh.server.settings.Section;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The trust domains whose workloads may call and be called, from the section {@code federation} of the settings file.
 *
 * <pre>
 * federation:
 * - trustDomain: partner.example
 *   bundleUrl: https://partner.example/bundle   # or bundleFile; a SPIFFE bundle, or PEM
 *   caFile: partner-web-roots.pem               # whom to trust for HTTPS; the machine's roots unless given
 * </pre>
 */
public final class Federation {
    private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
    private static final int MAX_FILE_BYTES = 1 << 20;

    private final List<FederatedBundle> bundles;

    private Federation(List<FederatedBundle> bundles) {
        this.bundles = List.copyOf(bundles);
    }

    /**
     * {@return what the settings describe; nothing is fetched yet}
     *
     * @param settings the whole file
     * @param ownDomain the trust domain that no other may claim to be
     */
    public static Federation read(Section settings, String ownDomain, InstantSource clock) {
        List<FederatedBundle> bundles = new ArrayList<>();
        Set<String> known = new HashSet<>(Set.of(ownDomain));
        for (Section section : settings.sections("federation")) {
            String trustDomain = section.text("trustDomain");
            if (!TRUST_DOMAIN.matcher(trustDomain).matches()) {
                throw section.fault(
                        "trustDomain", "is \"" + trustDomain + "\" but has to be of a-z, 0-9, '.', - and _");
            }
            if (!known.add(trustDomain)) {
                throw section.fault(
                        "trustDomain", "is \"" + trustDomain + "\", which is this server's own or is there twice");
            }
            bundles.add(new FederatedBundle(trustDomain, source(section), clock));
        }
        return new Federation(bundles);
    }

    private static FederatedBundle.Source source(Section section) {
        if (section.has("bundleUrl") == section.has("bundleFile")) {
            throw section.fault("bundleUrl", "or bundleFile has to be given, one of them");
        }
        if (section.has("bundleUrl")) {
            URI uri = ServerUrl.read(section, "bundleUrl");
            BoundedHttp http = new BoundedHttp(CaFile.read(section));
            return () -> http.get(uri);
        }
        Path file = section.file("bundleFile").orElseThrow();
        return () -> {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IOException(file + " has more than " + MAX_FILE_BYTES + " bytes");
            }
            return Files.readString(file);
        };
    }

    /**
     * Gets every bundle now and then.
     *
     * @param timer one of its own: servers of others may be slow
     * @param changed called when roots have changed
     */
    public void follow(Timer timer, Runnable changed) {
        bundles.forEach(bundle -> timer.schedule(Duration.ZERO, () -> follow(bundle, timer, changed)));
    }

    private static void follow(FederatedBundle bundle, Timer timer, Runnable changed) {
        try {
            if (bundle.refresh()) {
                changed.run();
            }
        } finally {
            timer.schedule(bundle.pause(), () -> follow(bundle, timer, changed));
        }
    }

    /** {@return roots by trust domain as PEM; domains without any are left out, since nobody there is trusted} */
    public Map<String, String> roots() {
        Map<String, String> roots = new TreeMap<>();
        for (FederatedBundle bundle : bundles) {
            List<X509Certificate> known = bundle.roots();
            if (!known.isEmpty()) {
                roots.put(bundle.trustDomain(), Pem.encode(known));
            }
        }
        return roots;
    }

    /** {@return what is known of each} */
    public List<BundleStatus> status() {
        return bundles.stream().map(FederatedBundle::status).toList();
    }
}
