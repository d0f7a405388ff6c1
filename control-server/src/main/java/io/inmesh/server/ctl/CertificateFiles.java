package io.inmesh.server.ctl;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Makes a key here, has it certified, and writes both to files. */
final class CertificateFiles {

    private CertificateFiles() {}

    static void issue(Api api, String namespace, String serviceAccount, Path folder) throws Failure, IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            var request = new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), keys.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
            Api.Answer answer = api.post(
                    "/inmesh/v1/certificates",
                    "application/json",
                    Api.JSON
                            .createObjectNode()
                            .put("namespace", namespace)
                            .put("serviceAccount", serviceAccount)
                            .put("csr", pem(request))
                            .toString());
            if (!answer.ok()) {
                throw new Failure(ExitCode.FINDINGS, answer.message());
            }
            Files.createDirectories(folder);
            SecretFile.write(folder.resolve("key.pem"), pem(new JcaPKCS8Generator(keys.getPrivate(), null).generate()));
            Files.writeString(
                    folder.resolve("cert.pem"), answer.body().path("chain").asText());
            Files.writeString(
                    folder.resolve("root.pem"), answer.body().path("root").asText());
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new Failure(ExitCode.FINDINGS, "no key could be made: " + e.getMessage());
        }
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
