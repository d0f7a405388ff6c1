package io.inmesh.client;

import io.inmesh.client.identity.Chains;
import io.inmesh.identity.WorkloadIdentity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roots that what is on disk may lead to: those that the process was started with, and those that have followed them since.
 *
 * <p>When another root joins the trust bundle, this workload seals its hash with the key of the certificate that it then has. Whoever
 * opens the folder later follows those seals from a root known before to the one of today. Writing to the folder is not enough to add one.
 */
final class KnownRoots implements StateSeal.Roots {

    private static final Logger LOG = LoggerFactory.getLogger(KnownRoots.class);
    private static final String FILE = "roots";
    /** Keeps a seal over a root from being taken for one over resources, and the reverse. */
    private static final byte[] PURPOSE = "followed by root\0".getBytes(StandardCharsets.US_ASCII);

    /** More than a lifetime of rotations; a folder is not to grow for ever. */
    private static final int MAX_SEALS = 64;

    private final StateFolder folder;
    private final Predicate<X509Certificate> pinned;
    private final Set<ByteBuffer> hashes = new HashSet<>();
    private final List<byte[]> seals = new ArrayList<>();

    /**
     * Follows what the folder says.
     *
     * @param pinned whether a root is believed by what is not in the folder
     */
    KnownRoots(StateFolder folder, Predicate<X509Certificate> pinned) {
        this.folder = folder;
        this.pinned = pinned;
        List<byte[]> stored = folder.load(FILE, KnownRoots::decode);
        for (byte[] seal : stored == null ? List.<byte[]>of() : stored) {
            try {
                hashes.add(ByteBuffer.wrap(hash(StateSeal.open(seal, this))));
                seals.add(seal);
            } catch (IOException e) {
                LOG.warn("a root that is said to have followed is not believed: {}", e.getMessage());
            }
        }
    }

    @Override
    public boolean known(X509Certificate root) {
        return pinned.test(root) || hashes.contains(ByteBuffer.wrap(Chains.sha256(root)));
    }

    /**
     * Seals roots that are not known yet.
     *
     * @param roots the trust bundle as the control plane has pushed it
     * @param identity who this process is now, below a root that is known
     * @param chain its chain with the root
     */
    void follow(Collection<X509Certificate> roots, WorkloadIdentity identity, List<X509Certificate> chain) {
        if (!known(chain.get(chain.size() - 1))) {
            return;
        }
        try {
            boolean changed = false;
            for (X509Certificate root : roots) {
                if (!known(root) && seals.size() < MAX_SEALS) {
                    seals.add(StateSeal.seal(content(Chains.sha256(root)), identity, chain));
                    hashes.add(ByteBuffer.wrap(Chains.sha256(root)));
                    changed = true;
                }
            }
            if (changed) {
                folder.save(FILE, encode(seals));
            }
        } catch (IOException e) {
            LOG.warn("the roots that follow could not be saved in {}: {}", folder, e.getMessage());
        }
    }

    private static byte[] content(byte[] hash) {
        byte[] content = Arrays.copyOf(PURPOSE, PURPOSE.length + hash.length);
        System.arraycopy(hash, 0, content, PURPOSE.length, hash.length);
        return content;
    }

    private static byte[] hash(byte[] content) throws IOException {
        if (content.length != PURPOSE.length + 32
                || !Arrays.equals(content, 0, PURPOSE.length, PURPOSE, 0, PURPOSE.length)) {
            throw new IOException("it is sealed, but says something else");
        }
        return Arrays.copyOfRange(content, PURPOSE.length, content.length);
    }

    private static byte[] encode(List<byte[]> seals) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(seals.size());
        for (byte[] seal : seals) {
            out.writeInt(seal.length);
            out.write(seal);
        }
        return bytes.toByteArray();
    }

    private static List<byte[]> decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        List<byte[]> seals = new ArrayList<>();
        int count = in.readInt();
        for (int i = 0; i < count && i < MAX_SEALS; i++) {
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("it is torn");
            }
            seals.add(in.readNBytes(length));
        }
        return seals;
    }
}
