package io.inmesh.server.access;

import io.grpc.util.AdvancedTlsX509KeyManager;
import io.inmesh.server.access.AccessSettings.OwnCertificate;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS of the REST interface: the mesh's own certificate, or one from files, which are read again when they change. */
public final class ServerTls {

    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
    private static final Duration LOOK = Duration.ofMinutes(1);

    private ServerTls() {}

    /**
     * {@return a TLS context that asks for client certificates}
     *
     * @param access settings, and whose client certificates are taken
     * @param mesh the mesh's own certificate
     * @param timer when the files are looked at
     * @param random randomness for TLS
     * @throws IOException if the files hold no certificate with its key
     */
    public static SSLContext context(Access access, X509ExtendedKeyManager mesh, Timer timer, SecureRandom random)
            throws IOException {
        try {
            KeyManager key = mesh;
            if (access.settings().tls().isPresent()) {
                key = own(access.settings().tls().get(), timer);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {key}, new TrustManager[] {access.trust()}, random);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static KeyManager own(OwnCertificate own, Timer timer) throws IOException {
        for (Path file : List.of(own.certificate(), own.key())) {
            if (!Files.isReadable(file)) {
                throw new IOException(file + " cannot be read; correct access.tls in the settings file");
            }
        }
        AdvancedTlsX509KeyManager manager = new AdvancedTlsX509KeyManager();
        FileTime read = changed(own);
        try {
            manager.updateIdentityCredentials(
                    own.certificate().toFile(), own.key().toFile());
        } catch (GeneralSecurityException | IllegalArgumentException | IOException e) {
            throw new IOException(
                    own.certificate() + " and " + own.key() + " are no certificate with its PKCS #8 key: "
                            + e.getMessage(),
                    e);
        }
        look(own, manager, timer, read);
        return manager;
    }

    private static void look(OwnCertificate own, AdvancedTlsX509KeyManager manager, Timer timer, FileTime read) {
        timer.schedule(LOOK, () -> {
            FileTime now = read;
            try {
                now = changed(own);
                if (!now.equals(read)) {
                    manager.updateIdentityCredentials(
                            own.certificate().toFile(), own.key().toFile());
                    LOG.info("shows the new certificate in {}", own.certificate());
                }
            } catch (GeneralSecurityException | IllegalArgumentException | IOException e) {
                LOG.warn("{} is not used, the certificate read before stays: {}", own.certificate(), e.getMessage());
            }
            look(own, manager, timer, now);
        });
    }

    private static FileTime changed(OwnCertificate own) throws IOException {
        FileTime certificate = Files.getLastModifiedTime(own.certificate());
        FileTime key = Files.getLastModifiedTime(own.key());
        return certificate.compareTo(key) > 0 ? certificate : key;
    }
}
