package io.inmesh.client;

import com.google.protobuf.ByteString;
import io.inmesh.client.identity.Certificates;
import io.inmesh.identity.TrustBundle;
import io.inmesh.identity.WorkloadIdentity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last good state on disk: resources, and on request the identity, so that a process can start while no control server is
 * there.
 *
 * <p>Every file is written beside its place, forced to disk and moved there, and ends in an HMAC-SHA256 under a random key that
 * only this user can read. A file that is torn, or was changed by anyone who cannot read that key, is put aside and not used.
 */
final class StateFolder {

    private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);
    private static final int MAGIC = 0x494E4D31;
    private static final int MAC_BYTES = 32;
    private static final int MAX_BYTES = 256 * 1024 * 1024;

    private final Path folder;
    private final byte[] key;
    private volatile @Nullable Instant savedAt;

    private StateFolder(Path folder, byte[] key) {
        this.folder = folder;
        this.key = key;
    }

    /**
     * {@return the folder, made if it is not there}
     *
     * @throws IOException if it cannot be used; the message says why
     */
    static StateFolder open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path keyFile = folder.resolve("state.key");
        try {
            byte[] key = Files.readAllBytes(keyFile);
            if (key.length == MAC_BYTES) {
                return new StateFolder(folder, key);
            }
            LOG.warn("{} is damaged; it is replaced, and the state signed with it will not be used", keyFile);
        } catch (NoSuchFileException firstTime) {
            LOG.debug("a new key for the state in {}", folder);
        }
        byte[] fresh = new byte[MAC_BYTES];
        new SecureRandom().nextBytes(fresh);
        write(keyFile, fresh);
        return new StateFolder(folder, fresh);
    }

    /** {@return when the resources were written last by this process, null if they were not} */
    @Nullable
    Instant savedAt() {
        return savedAt;
    }

    /** One resource with its type. */
    record Saved(String typeUrl, String name, TypeState.Accepted resource) {}

    void saveResources(ResourceStore store) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(MAGIC);
        int count = store.types().stream().mapToInt(TypeState::size).sum();
        out.writeInt(count);
        for (TypeState type : store.types()) {
            for (var entry : type.accepted().entrySet()) {
                out.writeUTF(type.typeUrl());
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue().version());
                byte[] body = entry.getValue().bytes().toByteArray();
                out.writeInt(body.length);
                out.write(body);
            }
        }
        write(folder.resolve("resources"), signed(bytes.toByteArray()));
        savedAt = Instant.now();
    }

    /** {@return the resources saved last, empty if there are none that can be trusted} */
    List<Saved> loadResources() {
        List<Saved> saved = new ArrayList<>();
        Optional<byte[]> bytes = verified("resources");
        if (bytes.isEmpty()) {
            return saved;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.get()))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("it was written by another version");
            }
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                String typeUrl = in.readUTF();
                String name = in.readUTF();
                String version = in.readUTF();
                byte[] body = in.readNBytes(in.readInt());
                saved.add(new Saved(typeUrl, name, new TypeState.Accepted(version, ByteString.copyFrom(body))));
            }
            return saved;
        } catch (IOException e) {
            LOG.warn("the saved resources in {} are not used: {}", folder, e.getMessage());
            return List.of();
        }
    }

    void saveIdentity(WorkloadIdentity identity, TrustBundle trust) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeInt(MAGIC);
            out.writeUTF(identity.key().getAlgorithm());
            byte[] encodedKey = identity.key().getEncoded();
            out.writeInt(encodedKey.length);
            out.write(encodedKey);
            writePem(out, identity.chain());
            Set<X509Certificate> roots = trust.rootsOf(identity.id().trustDomain());
            writePem(out, new ArrayList<>(roots));
        } catch (CertificateEncodingException e) {
            throw new IOException("a certificate cannot be written", e);
        }
        write(folder.resolve("identity"), signed(bytes.toByteArray()));
    }

    /** {@return the identity saved last, empty if there is none that can be trusted} */
    Optional<Certificates.Issued> loadIdentity() {
        Optional<byte[]> bytes = verified("identity");
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.get()))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("it was written by another version");
            }
            KeyFactory keys = KeyFactory.getInstance(in.readUTF());
            var privateKey = keys.generatePrivate(new PKCS8EncodedKeySpec(in.readNBytes(in.readInt())));
            List<X509Certificate> chain = Certificates.parse(readPem(in));
            List<X509Certificate> roots = Certificates.parse(readPem(in));
            var id = io.inmesh.identity.ServerTls.peerOf(chain.toArray(new X509Certificate[0]))
                    .orElseThrow(() -> new IOException("its leaf holds no SPIFFE id"));
            return Optional.of(new Certificates.Issued(
                    new WorkloadIdentity(id, privateKey, chain),
                    TrustBundle.of(id.trustDomain(), new LinkedHashSet<>(roots))));
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("the saved identity in {} is not used: {}", folder, e.getMessage());
            return Optional.empty();
        }
    }

    private static void writePem(DataOutputStream out, List<X509Certificate> certificates)
            throws IOException, CertificateEncodingException {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        byte[] bytes = pem.toString().getBytes(StandardCharsets.US_ASCII);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readPem(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.US_ASCII);
    }

    private byte[] signed(byte[] content) {
        byte[] all = java.util.Arrays.copyOf(content, content.length + MAC_BYTES);
        System.arraycopy(mac(content), 0, all, content.length, MAC_BYTES);
        return all;
    }

    private Optional<byte[]> verified(String name) {
        Path file = folder.resolve(name);
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("it is larger than " + MAX_BYTES + " bytes");
            }
            byte[] all = Files.readAllBytes(file);
            if (all.length < MAC_BYTES) {
                throw new IOException("it is torn");
            }
            byte[] content = java.util.Arrays.copyOf(all, all.length - MAC_BYTES);
            byte[] mac = java.util.Arrays.copyOfRange(all, content.length, all.length);
            if (!MessageDigest.isEqual(mac, mac(content))) {
                throw new IOException("its signature is wrong: it is torn or was changed");
            }
            return Optional.of(content);
        } catch (IOException e) {
            LOG.warn("{} is put aside and not used: {}", file, e.getMessage());
            try {
                Files.move(file, folder.resolve(name + ".rejected"), StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException moving) {
                LOG.warn("{} could not be put aside: {}", file, moving.getMessage());
            }
            return Optional.empty();
        }
    }

    private byte[] mac(byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(beside);
        Files.createFile(beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
            java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
