package io.inmesh.client;

import io.inmesh.client.identity.Chains;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.WorkloadIdentity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Seals the state on disk. Two kinds:
 *
 * <ul>
 *   <li>signed with the workload's own key, and carrying the chain up to the root: whoever opens it checks that the chain ends in a
 *       root he knows from elsewhere, so writing to the folder is not enough to forge a state. When the leaf has ended does not
 *       matter; the state is to outlive it.
 *   <li>a hash, where there is no identity: it shows that a file is torn, and nothing else.
 * </ul>
 */
final class StateSeal {

    private static final int MAGIC = 0x494E4D32;
    private static final int HASHED = 0;
    private static final int SIGNED = 1;
    private static final String ALGORITHM = "SHA256withECDSA";
    /** Keeps the signature from being taken for one over something else. */
    private static final byte[] PURPOSE = "inmesh state folder 1\0".getBytes(StandardCharsets.US_ASCII);

    private StateSeal() {}

    /** Knows roots. */
    interface Roots {
        boolean known(X509Certificate root);
    }

    /**
     * {@return content with a seal}
     *
     * @param identity whose key signs, null to only hash
     * @param chain its chain with the root, empty without identity
     */
    static byte[] seal(byte[] content, @Nullable WorkloadIdentity identity, List<X509Certificate> chain)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length + 4096);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeInt(MAGIC);
            write(out, content);
            if (identity == null) {
                out.writeByte(HASHED);
                write(out, hash(content));
                return bytes.toByteArray();
            }
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(identity.key());
            signature.update(PURPOSE);
            signature.update(content);
            out.writeByte(SIGNED);
            write(out, signature.sign());
            out.writeByte(chain.size());
            for (X509Certificate certificate : chain) {
                write(out, certificate.getEncoded());
            }
            return bytes.toByteArray();
        } catch (GeneralSecurityException e) {
            throw new IOException("the state cannot be signed: " + e.getMessage(), e);
        }
    }

    /**
     * {@return the content}
     *
     * @param roots which roots are known, null if a hash suffices
     * @throws IOException if it is torn, was changed, or was signed by somebody unknown; the message says which
     */
    static byte[] open(byte[] bytes, @Nullable Roots roots) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("it is not a state, or of another version");
            }
            byte[] content = read(in);
            int kind = in.readByte();
            byte[] proof = read(in);
            if (roots == null && kind == HASHED) {
                if (!MessageDigest.isEqual(proof, hash(content))) {
                    throw new IOException("its hash is wrong: it was changed");
                }
            } else if (roots != null && kind == SIGNED) {
                checkSigner(in, content, proof, roots);
            } else {
                throw new IOException(
                        "it was sealed " + (kind == SIGNED ? "with" : "without") + " an identity, and this"
                                + " process is set up " + (roots == null ? "without" : "with") + " one");
            }
            if (in.read() != -1) {
                throw new IOException("something was appended to it");
            }
            return content;
        } catch (EOFException e) {
            throw new IOException("it is torn", e);
        } catch (GeneralSecurityException e) {
            throw new IOException("its signature cannot be checked: " + e.getMessage(), e);
        }
    }

    private static void checkSigner(DataInputStream in, byte[] content, byte[] proof, Roots roots)
            throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>();
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        for (int left = in.readUnsignedByte(); left > 0; left--) {
            chain.add((X509Certificate) certificates.generateCertificate(new ByteArrayInputStream(read(in))));
        }
        if (chain.isEmpty() || !roots.known(chain.get(chain.size() - 1))) {
            throw new IOException("the root of whoever signed it is not known here");
        }
        X509Certificate leaf = chain.get(0);
        // When the leaf began to be valid its issuers were.
        Chains.check(chain, leaf.getNotBefore());
        if (ServerTls.peerOf(new Certificate[] {leaf}).isEmpty()) {
            throw new CertificateException("whoever signed it is no workload");
        }
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initVerify(leaf.getPublicKey());
        signature.update(PURPOSE);
        signature.update(content);
        if (!signature.verify(proof)) {
            throw new IOException("its signature is wrong: it was changed");
        }
    }

    private static void write(DataOutputStream out, byte[] part) throws IOException {
        out.writeInt(part.length);
        out.write(part);
    }

    private static byte[] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new EOFException();
        }
        return in.readNBytes(length);
    }

    private static byte[] hash(byte[] content) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(content);
    }
}
