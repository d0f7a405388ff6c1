package io.inmesh.server.ca;

import io.inmesh.server.settings.Section;
import io.inmesh.server.time.Durations;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Section {@code authority} of the settings file.
 *
 * @param keyAlgorithm kind of the keys made for roots and intermediates; default {@link KeyAlgorithm#ECDSA_P256}
 * @param leafValidity how long workload certificates hold, unless less is asked for; 20 s to 30 days, default 24 hours
 * @param intermediateValidity how long intermediates made here hold; default a year
 * @param rootValidity how long roots made here hold; default ten years
 * @param whenMissing what a server does that finds no authority; default {@link WhenMissing#FOUND}
 * @param passphraseFile file whose first line is the passphrase of the authority's keys; null for none
 * @param brought an intermediate made elsewhere; null to make one here
 * @param roots PEM files of the roots that a brought intermediate leads to, and of further ones to trust
 */
public record AuthoritySettings(
        KeyAlgorithm keyAlgorithm,
        Duration leafValidity,
        Duration intermediateValidity,
        Duration rootValidity,
        WhenMissing whenMissing,
        @Nullable Path passphraseFile,
        @Nullable Brought brought,
        List<Path> roots) {
    /** Environment variable with the passphrase of the authority's keys. */
    public static final String PASSPHRASE_VARIABLE = "INMESH_CA_PASSPHRASE";

    /** Validity of a workload certificate unless the settings say otherwise. */
    public static final Duration LEAF_VALIDITY = Duration.ofHours(24);

    /** The least that can be set or asked for: shorter ones would be renewed all the time. */
    static final Duration MIN_LEAF_VALIDITY = Duration.ofSeconds(20);

    private static final int MIN_PASSPHRASE = 12;
    static final Duration MAX_LEAF_VALIDITY = Duration.ofDays(30);
    private static final Duration INTERMEDIATE_VALIDITY = Duration.ofDays(365);
    private static final Duration ROOT_VALIDITY = Duration.ofDays(3650);

    /**
     * An authority made elsewhere: PEM certificate (with the intermediates above it) and key, or both in a PKCS #12 file.
     *
     * @param certificate PEM file of certificates, the signing one first; null with {@code pkcs12}
     * @param key PEM file of its key, PKCS #8; null with {@code pkcs12}
     * @param pkcs12 PKCS #12 file with key and certificates; null with {@code certificate}
     * @param passwordFile file whose first line is the password of the key or the PKCS #12 file; null for none
     */
    public record Brought(
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable Path pkcs12,
            @Nullable Path passwordFile) {}

    /** What holds without a settings file. */
    public static AuthoritySettings defaults() {
        return new AuthoritySettings(
                KeyAlgorithm.ECDSA_P256,
                LEAF_VALIDITY,
                INTERMEDIATE_VALIDITY,
                ROOT_VALIDITY,
                WhenMissing.FOUND,
                null,
                null,
                List.of());
    }

    /**
     * Reads the section; without it, {@link #defaults}.
     *
     * @throws io.inmesh.server.settings.SettingsException if a field is wrong; the message names it
     */
    public static AuthoritySettings read(Section section) {
        Duration leaf = within(section, "leafValidity", LEAF_VALIDITY, MIN_LEAF_VALIDITY, MAX_LEAF_VALIDITY);
        Duration intermediate =
                within(section, "intermediateValidity", INTERMEDIATE_VALIDITY, leaf.multipliedBy(3), ROOT_VALIDITY);
        Duration root = within(section, "rootValidity", ROOT_VALIDITY, intermediate, Duration.ofDays(36_500));
        Brought brought = section.has("intermediate") ? brought(section.section("intermediate")) : null;
        List<Path> roots = section.files("roots");
        if (brought != null && brought.pkcs12() == null && roots.isEmpty()) {
            throw section.fault(
                    "roots", "is missing; name the PEM file of the root that authority.intermediate leads to");
        }
        return new AuthoritySettings(
                section.choice("keyAlgorithm", KeyAlgorithm.class, KeyAlgorithm.ECDSA_P256),
                leaf,
                intermediate,
                root,
                section.choice("whenMissing", WhenMissing.class, WhenMissing.FOUND),
                section.file("passphraseFile").orElse(null),
                brought,
                roots);
    }

    /**
     * Opens the authority kept in {@code directory}, of one server. If there is none, founds one, or takes over the one that was brought
     * along, unless {@link #whenMissing} forbids it.
     *
     * @param environment variables, for {@link #PASSPHRASE_VARIABLE}
     * @throws IOException if it cannot be used; the message names the file or certificate and the remedy
     */
    public CertificateAuthority open(
            Path directory,
            String trustDomain,
            Map<String, String> environment,
            InstantSource clock,
            SecureRandom random)
            throws IOException {
        return CertificateAuthority.open(
                new AuthorityDirectory(directory, cipher(environment, random)),
                OwnFiles.NONE,
                trustDomain,
                this,
                clock,
                random);
    }

    KeyCipher cipher(Map<String, String> environment, SecureRandom random) throws IOException {
        Optional<char[]> passphrase = passphrase(environment);
        return passphrase.isPresent() ? KeyCipher.of(passphrase.get(), random) : KeyCipher.NONE;
    }

    /**
     * {@return what seals the authority in a store}
     *
     * @throws IOException if there is no passphrase; the message says how to give one
     */
    AuthoritySeal seal(Map<String, String> environment, SecureRandom random) throws IOException {
        return new AuthoritySeal(
                passphrase(environment)
                        .orElseThrow(() -> new IOException(
                                "servers that share a store keep the certificate authority there, sealed under a"
                                        + " passphrase, and there is none: give all of them the same one in "
                                        + PASSPHRASE_VARIABLE
                                        + " or in a file named by authority.passphraseFile; make one with: openssl"
                                        + " rand -base64 32")),
                random);
    }

    private Optional<char[]> passphrase(Map<String, String> environment) throws IOException {
        String variable = environment.getOrDefault(PASSPHRASE_VARIABLE, "");
        if (passphraseFile == null) {
            return variable.isEmpty() ? Optional.empty() : Optional.of(strong(variable, PASSPHRASE_VARIABLE));
        }
        if (!variable.isEmpty()) {
            throw new IOException("there is a passphrase both in " + PASSPHRASE_VARIABLE + " and in "
                    + "authority.passphraseFile; give it in one of them");
        }
        try {
            String line = SecretFiles.read(passphraseFile).lines().findFirst().orElse("");
            return Optional.of(strong(line, passphraseFile));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + passphraseFile + "; correct authority.passphraseFile", e);
        }
    }

    private static char[] strong(String passphrase, Object source) throws IOException {
        if (passphrase.length() < MIN_PASSPHRASE) {
            throw new IOException("the passphrase in " + source + " has fewer than " + MIN_PASSPHRASE
                    + " characters; make one with: openssl rand -base64 32");
        }
        return passphrase.toCharArray();
    }

    private static Brought brought(Section section) {
        Optional<Path> certificate = section.file("certificate");
        Optional<Path> key = section.file("key");
        Optional<Path> pkcs12 = section.file("pkcs12");
        Optional<Path> password = section.file("passwordFile");
        boolean pem = certificate.isPresent() && key.isPresent() && pkcs12.isEmpty();
        boolean archive = certificate.isEmpty() && key.isEmpty() && pkcs12.isPresent();
        if (!pem && !archive) {
            throw section.fault(
                    "certificate", "and key have to be given together, or pkcs12 instead of both; name one of the two");
        }
        if (archive && password.isEmpty()) {
            throw section.fault("passwordFile", "is missing; a PKCS #12 file has a password");
        }
        return new Brought(certificate.orElse(null), key.orElse(null), pkcs12.orElse(null), password.orElse(null));
    }

    private static Duration within(Section section, String name, Duration fallback, Duration least, Duration most) {
        Duration value = section.duration(name, fallback);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw section.fault(
                    name,
                    "is " + Durations.text(value) + " but has to be from " + Durations.text(least) + " to "
                            + Durations.text(most) + " with the other settings");
        }
        return value;
    }
}
