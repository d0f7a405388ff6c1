package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ca.OwnKey;
import io.inmesh.server.ca.SecretFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** Makes a key here, has it certified, and writes both to files. The key never leaves this machine. */
final class CertificateFiles {

    private CertificateFiles() {}

    /** {@return the certificate that was issued; the files are replaced one by one, the one with the certificate last} */
    static X509Certificate issue(Api api, String namespace, String serviceAccount, Path folder)
            throws Failure, IOException {
        OwnKey own = OwnKey.create();
        Api.Answer answer = api.post(
                "/inmesh/v1/certificates",
                "application/json",
                Api.JSON
                        .createObjectNode()
                        .put("namespace", namespace)
                        .put("serviceAccount", serviceAccount)
                        .put("csr", own.request())
                        .toString());
        JsonNode body = answer.orFail();
        String chain = body.path("chain").asText();
        X509Certificate leaf = leafOf(chain);
        SecretFiles.createDirectory(folder);
        replace(folder.resolve("root.pem"), body.path("root").asText());
        SecretFiles.write(folder.resolve("key.pem"), own.key());
        replace(folder.resolve("cert.pem"), chain);
        return leaf;
    }

    /** Whoever watches the file sees the old text or the new one. */
    private static void replace(Path file, String text) throws IOException {
        Path written = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(written, text);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static X509Certificate leafOf(String chain) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(chain.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new IOException("the control server's answer is no certificate: " + e.getMessage(), e);
        }
    }
}
