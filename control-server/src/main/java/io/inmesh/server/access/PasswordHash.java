package io.inmesh.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A password as Argon2id (RFC 9106) keeps it, written in the PHC string format: {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. New ones
 * take 19 MiB and two passes, the first choice of OWASP's password storage cheat sheet.
 *
 * @param memoryKib memory of one computation
 * @param passes how often the memory is gone over
 * @param lanes parallel lanes
 * @param salt random, at least 8 bytes
 * @param hash at least 16 bytes
 */
record PasswordHash(int memoryKib, int passes, int lanes, byte[] salt, byte[] hash) {

    /** Longest password taken, in characters: what is longer costs us more than it can be worth. */
    static final int MAX_PASSWORD_CHARACTERS = 256;

    /** Shortest new password, in characters (NIST SP 800-63B asks for 8 at least). */
    static final int MIN_PASSWORD_CHARACTERS = 12;

    private static final int MEMORY_KIB = 19_456;
    private static final int PASSES = 2;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /** OWASP's weakest acceptable choice, and what one login may cost at most. */
    private static final int LEAST_MEMORY_KIB = 7168;

    private static final int MOST_MEMORY_KIB = 262_144;
    private static final int MOST_PASSES = 10;
    private static final int MOST_LANES = 4;
    private static final Pattern PHC = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d)\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    /** {@return the hash of a new password, with a salt of its own} */
    static PasswordHash of(String password, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        PasswordHash empty = new PasswordHash(MEMORY_KIB, PASSES, 1, salt, new byte[HASH_BYTES]);
        return new PasswordHash(MEMORY_KIB, PASSES, 1, salt, empty.compute(password));
    }

    /**
     * {@return a written hash}
     *
     * @throws IllegalArgumentException if it is no Argon2id hash, or a weak or very expensive one; the message says which
     */
    static PasswordHash parse(String text) {
        Matcher matcher = PHC.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "is no Argon2id hash ($argon2id$v=19$...); make one with \"control-server user hash\"");
        }
        PasswordHash parsed = new PasswordHash(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                Base64.getDecoder().decode(matcher.group(4)),
                Base64.getDecoder().decode(matcher.group(5)));
        if (parsed.memoryKib < LEAST_MEMORY_KIB || parsed.passes < 1 || parsed.lanes < 1) {
            throw new IllegalArgumentException(
                    "is too cheap to guess; take at least m=" + LEAST_MEMORY_KIB + ", or \"control-server user hash\"");
        }
        if (parsed.memoryKib > MOST_MEMORY_KIB || parsed.passes > MOST_PASSES || parsed.lanes > MOST_LANES) {
            throw new IllegalArgumentException("costs too much for each login; take at most m=" + MOST_MEMORY_KIB
                    + ", t=" + MOST_PASSES + ", p=" + MOST_LANES);
        }
        return parsed;
    }

    /** {@return whether this is the hash of a password; takes the same time for any password} */
    boolean matches(String password) {
        return MessageDigest.isEqual(hash, compute(password));
    }

    private byte[] compute(String password) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        byte[] computed = new byte[hash.length];
        generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), computed);
        return computed;
    }

    /** {@return the PHC string} */
    String text() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + memoryKib + ",t=" + passes + ",p=" + lanes + "$" + base64.encodeToString(salt)
                + "$" + base64.encodeToString(hash);
    }

    /** Keeps the hash out of logs. */
    @Override
    public String toString() {
        return "Argon2id hash (m=" + memoryKib + ", t=" + passes + ", p=" + lanes + ")";
    }
}
