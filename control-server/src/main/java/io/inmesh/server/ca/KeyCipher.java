package io.inmesh.server.ca;

import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;
import java.security.SecureRandom;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.util.ScryptConfig;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Private keys of the authority as text, encrypted if there is a passphrase: PKCS #8 with PBES2, AES-256-CBC and scrypt (RFC 8018, RFC
 * 7914), which openssl can read as well. What is read may be encrypted or not, so that a passphrase can be introduced later.
 */
final class KeyCipher {
    /** Keys are written as they are. */
    static final KeyCipher NONE = new KeyCipher(null, new SecureRandom());

    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    /** 16 MiB and some 50 ms for each guess; openssl reads no more than 32 MiB by default. */
    private static final int SCRYPT_COST = 1 << 14;

    private static final int SCRYPT_BLOCK = 8;
    private static final int SALT_BYTES = 16;
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

    private final char @Nullable [] passphrase;
    private final SecureRandom random;

    private KeyCipher(char @Nullable [] passphrase, SecureRandom random) {
        this.passphrase = passphrase;
        this.random = random;
    }

    /** Encrypts under {@code passphrase}. */
    static KeyCipher of(char[] passphrase, SecureRandom random) {
        return new KeyCipher(passphrase.clone(), random);
    }

    /** Whether what is written is encrypted. */
    boolean encrypts() {
        return passphrase != null;
    }

    /** {@return whether a text has a key in it that is encrypted} */
    static boolean encrypted(String text) {
        return text.contains("-----BEGIN " + ENCRYPTED + "-----");
    }

    /** {@return a key as text, encrypted if there is a passphrase} */
    String encode(PrivateKey key) {
        if (passphrase == null) {
            return Pem.encode(key);
        }
        try {
            OutputEncryptor encryptor = new JcePKCSPBEOutputEncryptorBuilder(
                            new ScryptConfig.Builder(SCRYPT_COST, SCRYPT_BLOCK, 1)
                                    .withSaltLength(SALT_BYTES)
                                    .build(),
                            NISTObjectIdentifiers.id_aes256_CBC)
                    .setProvider(PROVIDER)
                    .setRandom(random)
                    .build(passphrase);
            PKCS8EncryptedPrivateKeyInfo info = new JcaPKCS8EncryptedPrivateKeyInfoBuilder(key).build(encryptor);
            return Pem.block(ENCRYPTED, info.getEncoded());
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("BouncyCastle has AES-256 and scrypt", e);
        }
    }

    /**
     * {@return the first private key in a text}
     *
     * @param source what to call the text in errors
     * @throws IOException if there is none, or it cannot be decrypted; the message has no part of the key or the passphrase
     */
    PrivateKey decode(String text, Object source) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object block = next(parser, source); block != null; block = next(parser, source)) {
                if (block instanceof PrivateKeyInfo info) {
                    return key(info, source);
                }
                if (block instanceof PEMKeyPair pair) {
                    return key(pair.getPrivateKeyInfo(), source);
                }
                if (block instanceof PKCS8EncryptedPrivateKeyInfo info) {
                    return decrypt(info, source);
                }
            }
        }
        throw new IOException(
                source + " holds no private key in PKCS #8 (BEGIN PRIVATE KEY or BEGIN " + ENCRYPTED + ")");
    }

    private static @Nullable Object next(PEMParser parser, Object source) throws IOException {
        try {
            return parser.readObject();
        } catch (IOException | RuntimeException e) {
            throw damaged(source, e);
        }
    }

    private static PrivateKey key(PrivateKeyInfo info, Object source) throws IOException {
        try {
            return new JcaPEMKeyConverter().getPrivateKey(info);
        } catch (IOException | RuntimeException e) {
            throw damaged(source, e);
        }
    }

    /** Without what was found there: it may be a part of the key. */
    private static IOException damaged(Object source, Exception cause) {
        return new IOException(source + " is damaged, or no private key in PEM; restore it from a backup", cause);
    }

    private PrivateKey decrypt(PKCS8EncryptedPrivateKeyInfo info, Object source) throws IOException {
        if (passphrase == null) {
            throw new IOException("the private key in " + source + " is encrypted; give its passphrase in "
                    + AuthoritySettings.PASSPHRASE_VARIABLE + " or in a file named by authority.passphraseFile");
        }
        try {
            return new JcaPEMKeyConverter()
                    .getPrivateKey(info.decryptPrivateKeyInfo(new JcePKCSPBEInputDecryptorProviderBuilder()
                            .setProvider(PROVIDER)
                            .build(passphrase)));
        } catch (PKCSException | RuntimeException e) {
            throw new IOException(
                    "the private key in " + source + " cannot be decrypted; the passphrase is not the one it was"
                            + " encrypted with",
                    e);
        }
    }

    /** Says nothing about the passphrase. */
    @Override
    public String toString() {
        return "KeyCipher[" + (encrypts() ? "AES-256, scrypt" : "none") + "]";
    }
}
