package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ca.OwnKey;
import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a key here, has it certified, and writes both to files. The key never leaves this machine. */
final class CertificateFiles {

    private CertificateFiles() {}

    static void issue(Api api, String namespace, String serviceAccount, Path folder) throws Failure, IOException {
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
        SecretFiles.createDirectory(folder);
        SecretFiles.write(folder.resolve("key.pem"), own.key());
        Files.writeString(folder.resolve("cert.pem"), body.path("chain").asText());
        Files.writeString(folder.resolve("root.pem"), body.path("root").asText());
    }
}
