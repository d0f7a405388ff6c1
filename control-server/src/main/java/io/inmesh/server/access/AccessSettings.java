package io.inmesh.server.access;

import io.inmesh.server.settings.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Section {@code access} of the settings file: who may use the REST interface. Without the section, whoever is on the machine may do
 * everything, and nobody else anything.
 *
 * @param configured whether the section is there
 * @param loopback what is asked of callers on the machine itself
 * @param hosts names and addresses under which others reach the server
 * @param tls certificate to show; empty for one of the mesh
 * @param people certificates of the authority for people's client certificates; empty for none
 * @param oidc whose tokens are taken
 * @param users users with passwords
 * @param idle how long a session lives without requests
 * @param lifetime how long it lives at most
 * @param bindings who may do what where
 * @param limits how much anybody may ask
 */
public record AccessSettings(
        boolean configured,
        Loopback loopback,
        List<String> hosts,
        Optional<OwnCertificate> tls,
        Optional<Path> people,
        List<OidcSettings> oidc,
        List<User> users,
        Duration idle,
        Duration lifetime,
        List<Binding> bindings,
        AccessLimits limits) {

    /** Name of the section. */
    public static final String SECTION = "access";

    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final Duration LIFETIME = Duration.ofHours(12);
    private static final Pattern HOST = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?|[0-9a-f:]+");

    /** What is asked of callers on the machine itself. */
    public enum Loopback {
        /** The same as of everybody. */
        AUTHENTICATE,
        /** Nothing: without credentials they may do everything. */
        OPEN
    }

    /**
     * A certificate that is not the mesh's.
     *
     * @param certificate file with the chain, PEM, leaf first
     * @param key file with the key, PKCS #8 PEM
     */
    public record OwnCertificate(Path certificate, Path key) {}

    /**
     * Reads the section.
     *
     * @throws io.inmesh.server.settings.SettingsException if it says something wrong; the message names the field and the remedy
     */
    public static AccessSettings read(Section settings) {
        boolean configured = settings.has(SECTION);
        Section section = settings.section(SECTION);
        Section sessions = section.section("sessions");
        AccessSettings read = new AccessSettings(
                configured,
                section.choice("loopback", Loopback.class, configured ? Loopback.AUTHENTICATE : Loopback.OPEN),
                section.texts("hosts"),
                tls(section),
                section.section("clientCertificates").file("authority"),
                section.sections("oidc").stream().map(OidcSettings::read).toList(),
                section.sections("users").stream().map(User::read).toList(),
                sessions.duration("idle", IDLE),
                sessions.duration("lifetime", LIFETIME),
                section.sections("bindings").stream().map(Binding::read).toList(),
                AccessLimits.read(section.section("limits")));
        if (configured) {
            read.check(section);
        }
        return read;
    }

    private static Optional<OwnCertificate> tls(Section section) {
        if (!section.has("tls")) {
            return Optional.empty();
        }
        Section tls = section.section("tls");
        return Optional.of(new OwnCertificate(
                tls.file("certificate").orElseThrow(() -> tls.fault("certificate", "is missing: name a PEM file")),
                tls.file("key").orElseThrow(() -> tls.fault("key", "is missing: name a PKCS #8 PEM file"))));
    }

    private void check(Section section) {
        if (bindings.isEmpty()) {
            throw section.fault(
                    "bindings", "is missing: nobody could do anything; write who may do what, as in docs/security.md");
        }
        if (bindings.stream().noneMatch(binding -> binding.role() == Role.ADMIN && binding.holdsIn(""))) {
            throw section.fault(
                    "bindings", "gives nobody the role admin in [\"*\"]: nobody could make users and join tokens");
        }
        Set<String> names = new HashSet<>();
        for (User user : users) {
            if (!names.add(user.name())) {
                throw section.fault("users", "has \"" + user.name() + "\" twice; keep one of them");
            }
        }
        for (String host : hosts) {
            if (!HOST.matcher(host).matches()) {
                throw section.fault(
                        "hosts", "has \"" + host + "\", which is no lower-case name or address without a port");
            }
        }
        Set<String> issuers = new HashSet<>();
        for (OidcSettings provider : oidc) {
            if (!issuers.add(provider.issuer())) {
                throw section.fault("oidc", "has the issuer " + provider.issuer() + " twice; keep one of them");
            }
        }
        if (idle.compareTo(lifetime) > 0) {
            throw section.fault("sessions.idle", "is longer than sessions.lifetime; make it shorter");
        }
    }
}
