package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ca.CertificateFacts;
import io.inmesh.server.ca.CertificateFacts.Role;
import io.inmesh.server.ca.Flaw;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.ca.PresentedChain;
import io.inmesh.server.ca.TrustedRoots;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds who is meant by a word: a file or folder if there is one of that name, a server if it ends with a port, else a process.
 *
 * @param api the control server, which knows processes; asked for nothing else
 * @param namespace namespace of processes
 */
record Parties(Api api, String namespace) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final List<String> FILES_OF_FOLDER = List.of("cert.pem", "root.pem");

    Party find(String word) throws Failure, IOException {
        Path path = Path.of(word);
        if (Files.isDirectory(path)) {
            return ofFiles(
                    word,
                    FILES_OF_FOLDER.stream()
                            .map(path::resolve)
                            .filter(Files::isRegularFile)
                            .toList());
        } else if (Files.isRegularFile(path)) {
            return ofFiles(word, List.of(path));
        } else if (word.matches(".+:\\d{1,5}")) {
            return ofServer(word);
        } else if (word.contains("/") || word.endsWith(".pem")) {
            throw new Failure(ExitCode.USAGE, "there is no file " + word);
        }
        return ofProcess(word);
    }

    /** What signs itself in a file is there to be trusted; the rest is there to be shown. */
    private static Party ofFiles(String word, List<Path> files) throws Failure, IOException {
        List<X509Certificate> all = new ArrayList<>();
        for (Path file : files) {
            all.addAll(certificates(
                    Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1), file.toString()));
        }
        if (all.isEmpty()) {
            throw new Failure(ExitCode.USAGE, word + " holds no PEM certificate");
        }
        List<X509Certificate> roots = all.stream().filter(Parties::root).toList();
        return new Party(
                word,
                "file",
                all.stream().filter(one -> !root(one)).toList(),
                roots.isEmpty() ? null : TrustedRoots.of(roots),
                List.of());
    }

    private static boolean root(X509Certificate certificate) {
        return CertificateFacts.of(certificate).role() == Role.ROOT;
    }

    private Party ofServer(String word) throws Failure {
        URI address = URI.create("//" + word);
        if (address.getHost() == null) {
            throw new Failure(ExitCode.USAGE, word + " is no host:port; IPv6 addresses have brackets: [::1]:9080");
        }
        String host = address.getHost().replaceAll("^\\[|]$", "");
        try (Progress.Waiting waiting = api.progress().begin("the certificates of " + word)) {
            return new Party(word, "server", PresentedChain.of(host, address.getPort(), TIMEOUT), null, List.of());
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.UNREACHABLE, "no TLS with " + word + ": " + e.getMessage() + "; is that its TLS port?");
        }
    }

    private Party ofProcess(String word) throws Failure {
        JsonNode body = api.get("/inmesh/v1/inspect?namespace=" + Api.encoded(namespace) + "&process="
                        + Api.encoded(word) + "&type=secret")
                .orFail();
        List<X509Certificate> chain = new ArrayList<>();
        for (JsonNode certificate : body.path("certificates")) {
            chain.addAll(certificates(certificate.path("pem").asText(), word));
        }
        return new Party(
                word,
                "process",
                chain,
                trust(body, word),
                known(body.path("process").asText()));
    }

    /** The trust bundle it has been sent; a process may also have its roots from files, which nobody here knows. */
    private static @Nullable TrustedRoots trust(JsonNode body, String word) throws Failure {
        for (JsonNode secret : body.path("resources")) {
            JsonNode context = secret.at("/content/validationContext");
            if (secret.path("name").asText().equals("ROOTCA") && !context.isMissingNode()) {
                Map<String, List<X509Certificate>> byDomain = new HashMap<>();
                for (JsonNode domain : context.at("/customValidatorConfig/typedConfig/trustDomains")) {
                    byDomain.put(
                            domain.path("name").asText(),
                            certificates(domain.at("/trustBundle/inlineString").asText(), word));
                }
                return new TrustedRoots(
                        certificates(context.at("/trustedCa/inlineString").asText(), word), byDomain);
            }
        }
        return null;
    }

    /** What a process tells of itself: that it cannot renew. */
    private List<Flaw> known(String process) throws Failure {
        List<Flaw> flaws = new ArrayList<>();
        for (JsonNode one : api.get("/inmesh/v1/status?namespace=" + Api.encoded(namespace))
                .orFail()
                .path("processes")) {
            String trouble = one.path("name").asText().equals(process) ? CertificateColumn.trouble(one) : "";
            if (!trouble.isEmpty()) {
                flaws.add(
                        new Flaw(false, trouble, "see the log of the process, and meshctl audit for what was refused"));
            }
        }
        return flaws;
    }

    /** {@return that a party is on the deny list, if it is. Who may not look at that list goes without} */
    List<Flaw> denied(Party party) throws Failure {
        List<Flaw> flaws = new ArrayList<>();
        Api.Answer denied = api.get("/inmesh/v1/ca/denied");
        if (denied.ok() && !party.chain().isEmpty()) {
            CertificateFacts leaf = CertificateFacts.of(party.chain().get(0));
            for (JsonNode denial : denied.body().path("items")) {
                String subject = denial.path("subject").asText();
                if (Stream.of(leaf.serial(), leaf.subject()).anyMatch(subject::equals)) {
                    flaws.add(new Flaw(
                            true,
                            subject + " is on the deny list: "
                                    + denial.path("reason").asText("no reason given"),
                            "meshctl ca allow " + subject + ", if that was a mistake"));
                }
            }
        }
        return flaws;
    }

    private static List<X509Certificate> certificates(String text, String source) throws Failure {
        try {
            return Pem.certificates(text);
        } catch (CertificateException e) {
            throw new Failure(ExitCode.USAGE, source + " holds a certificate that cannot be read: " + e.getMessage());
        }
    }
}
