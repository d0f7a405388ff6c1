package io.inmesh.server.ctl;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "cert",
        description = "Shows and compares certificates, and issues them for software that takes them from files.",
        subcommands = {CertificateCommand.Issue.class, CertificateShow.class, TrustCompare.class})
final class CertificateCommand extends CommandGroup {

    @Command(
            name = "issue",
            description = "Writes key.pem, cert.pem and root.pem for a service account; the key is made here.")
    static final class Issue extends MeshCommand {

        @Option(
                names = {"--service-account", "--sa"},
                required = true,
                description = "Service account the certificate is for.")
        private String serviceAccount = "";

        @Option(names = "--out", required = true, description = "Folder for the files.")
        private Path folder = Path.of(".");

        @Option(
                names = "--keep",
                description = "Stays, and replaces the files at half of the certificate's life, until it is stopped.")
        private boolean keep;

        @Override
        int run(Api api) throws Failure, IOException {
            X509Certificate first = CertificateFiles.issue(api, namespace(), serviceAccount, folder);
            out().println("wrote key.pem, cert.pem and root.pem to " + folder);
            if (!keep) {
                return ExitCode.OK;
            }
            out().flush();
            try {
                new CertificateRenewal(
                                () -> CertificateRenewal.Life.of(
                                        CertificateFiles.issue(api, namespace(), serviceAccount, folder)),
                                InstantSource.system(),
                                time -> Thread.sleep(time.toMillis()),
                                err())
                        .run(CertificateRenewal.Life.of(first));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return ExitCode.OK;
        }
    }
}
