package io.inmesh.server.fetch;

import io.inmesh.server.settings.Section;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The field {@code caFile} of settings that name a server. */
public final class CaFile {

    private CaFile() {}

    /** {@return TLS that trusts the certificates of {@code caFile} only; null without the field, which is the machine's own roots} */
    public static @Nullable SSLContext read(Section section) {
        return read(section, null);
    }

    /**
     * {@return as above, with another file if the field is not there}
     *
     * @param usual used without the field, if it exists
     */
    public static @Nullable SSLContext read(Section section, @Nullable Path usual) {
        Optional<Path> file =
                section.file("caFile").or(() -> Optional.ofNullable(usual).filter(Files::exists));
        if (file.isEmpty()) {
            return null;
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust(in), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw section.fault("caFile", "holds no certificates in PEM: " + e.getMessage());
        }
    }

    /**
     * {@return managers that trust the certificates of a text in PEM, and no others}
     *
     * @throws CertificateException if there is none
     */
    public static TrustManager[] trust(InputStream pem) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        if (number == 0) {
            throw new CertificateException("there is none");
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust.getTrustManagers();
    }
}
