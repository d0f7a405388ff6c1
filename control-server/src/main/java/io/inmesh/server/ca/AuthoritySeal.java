package io.inmesh.server.ca;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * The whole state of an authority as one value that only those can read, or make, who know the passphrase: AES-256-GCM, with a key made of
 * the passphrase by Argon2id (RFC 9106, its second recommended option: 64 MiB, three passes). Not only keys are sealed: whoever could
 * write a store could else put a root of his own beside those that are trusted.
 *
 * <p>A line of JSON says how it is sealed; it is authenticated too. The rest are the texts as JSON, encrypted. Safe for use by several
 * threads.
 */
final class AuthoritySeal {
    /** The form written here; greater ones are of newer servers. */
    static final int FORM = 1;

    private static final int MEMORY_KIB = 64 << 10;
    private static final int PASSES = 3;
    private static final int LANES = 4;

    /** What a header may ask for at most: nothing of it is authenticated before the key is made, which must not use up this machine. */
    private static final int MOST_MEMORY_KIB = 2 * MEMORY_KIB;

    private static final int MOST_PASSES = 2 * PASSES;
    private static final int MOST_LANES = 16;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BYTES = 32;
    private static final String KDF = "argon2id";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final byte[] passphrase;
    private final SecureRandom random;
    private final Object lock = new Object();
    private @Nullable Derived last;

    /** How a key is made of the passphrase. */
    private record Recipe(int memoryKib, int passes, int lanes, byte[] salt) {
        boolean same(Recipe other) {
            return memoryKib == other.memoryKib
                    && passes == other.passes
                    && lanes == other.lanes
                    && Arrays.equals(salt, other.salt);
        }
    }

    /** A key; it takes a moment to make, so it is kept as long as the recipe stays the same. */
    private record Derived(Recipe recipe, SecretKeySpec key) {}

    /**
     * What was sealed.
     *
     * @param generation counts the changes, from 1
     * @param texts by name
     */
    record Opened(long generation, SortedMap<String, String> texts) {}

    AuthoritySeal(char[] passphrase, SecureRandom random) {
        this.passphrase = new String(passphrase).getBytes(UTF_8);
        this.random = random;
    }

    /** {@return the generation that a sealed value says it is; nothing of it is verified} */
    static long generation(byte[] sealed) throws IOException {
        return header(sealed).path("generation").asLong();
    }

    /** Seals texts, each time differently. */
    byte[] seal(long generation, SortedMap<String, String> texts) {
        Derived derived = own();
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        Recipe recipe = derived.recipe();
        ObjectNode header = JSON.createObjectNode()
                .put("form", FORM)
                .put("generation", generation)
                .put("kdf", KDF)
                .put("memoryKib", recipe.memoryKib())
                .put("passes", recipe.passes())
                .put("lanes", recipe.lanes())
                .put("salt", recipe.salt())
                .put("nonce", nonce);
        ObjectNode content = JSON.createObjectNode();
        texts.forEach(content::put);
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        sealed.writeBytes(header.toString().getBytes(UTF_8));
        sealed.write('\n');
        byte[] line = sealed.toByteArray();
        try {
            sealed.writeBytes(cipher(Cipher.ENCRYPT_MODE, derived.key(), nonce, line)
                    .doFinal(content.toString().getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-256-GCM", e);
        }
        return sealed.toByteArray();
    }

    /**
     * Opens what was sealed under the same passphrase.
     *
     * @throws IOException if it was sealed under another one, has been changed since, or is of a newer form; the message says what to do
     */
    Opened open(byte[] sealed) throws IOException {
        JsonNode header = header(sealed);
        byte[] line = Arrays.copyOf(sealed, lineLength(sealed));
        try {
            Recipe recipe = new Recipe(
                    within(header, "memoryKib", 8, MOST_MEMORY_KIB),
                    within(header, "passes", 1, MOST_PASSES),
                    within(header, "lanes", 1, MOST_LANES),
                    header.path("salt").binaryValue());
            byte[] content = cipher(
                            Cipher.DECRYPT_MODE,
                            derived(recipe).key(),
                            header.path("nonce").binaryValue(),
                            line)
                    .doFinal(sealed, line.length, sealed.length - line.length);
            SortedMap<String, String> texts = new TreeMap<>();
            JSON.readTree(content)
                    .properties()
                    .forEach(text -> texts.put(text.getKey(), text.getValue().asText()));
            return new Opened(header.path("generation").asLong(), texts);
        } catch (AEADBadTagException e) {
            throw new IOException(
                    "the certificate authority in the store cannot be opened: it was sealed under another passphrase"
                            + " than that in " + AuthoritySettings.PASSPHRASE_VARIABLE
                            + " or authority.passphraseFile, or has been tampered with; give the passphrase of the"
                            + " other servers, or restore a backup",
                    e);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw damaged(e);
        }
    }

    private static JsonNode header(byte[] sealed) throws IOException {
        JsonNode header;
        try {
            header = JSON.readTree(sealed, 0, lineLength(sealed));
        } catch (IOException e) {
            throw damaged(e);
        }
        int form = header == null ? 0 : header.path("form").asInt();
        if (form > FORM) {
            throw new IOException("the certificate authority in the store has form " + form
                    + ", and this server knows forms up to " + FORM + " only: a newer server has written it; start that"
                    + " one, or restore a backup from before");
        }
        if (header == null
                || form < 1
                || !KDF.equals(header.path("kdf").asText())
                || header.path("generation").asLong() < 1) {
            throw damaged(null);
        }
        return header;
    }

    private static IOException damaged(@Nullable Exception cause) {
        return new IOException("the certificate authority in the store is damaged; restore a backup", cause);
    }

    private static int lineLength(byte[] sealed) {
        for (int i = 0; i < sealed.length; i++) {
            if (sealed[i] == '\n') {
                return i + 1;
            }
        }
        return sealed.length;
    }

    private static int within(JsonNode header, String name, int least, int most) throws IOException {
        int value = header.path(name).asInt();
        if (value < least || value > most) {
            throw damaged(null);
        }
        return value;
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, byte[] line)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(line);
        return cipher;
    }

    private Derived own() {
        synchronized (lock) {
            if (last != null) {
                return last;
            }
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return derived(new Recipe(MEMORY_KIB, PASSES, LANES, salt));
    }

    private Derived derived(Recipe recipe) {
        synchronized (lock) {
            Derived known = last;
            if (known != null && known.recipe().same(recipe)) {
                return known;
            }
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withMemoryAsKB(recipe.memoryKib())
                    .withIterations(recipe.passes())
                    .withParallelism(recipe.lanes())
                    .withSalt(recipe.salt())
                    .build());
            byte[] key = new byte[KEY_BYTES];
            generator.generateBytes(passphrase, key);
            Derived made = new Derived(recipe, new SecretKeySpec(key, "AES"));
            last = made;
            return made;
        }
    }

    /** Says nothing about the passphrase. */
    @Override
    public String toString() {
        return "AuthoritySeal[AES-256-GCM, Argon2id]";
    }
}
