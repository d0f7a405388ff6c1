package io.inmesh.server.ctl;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "cert",
        description = "Issues certificates for software that takes them from files.",
        subcommands = {CertificateCommand.Issue.class})
final class CertificateCommand {

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

        @Override
        int run(Api api) throws Failure, IOException {
            CertificateFiles.issue(api, namespace(), serviceAccount, folder);
            out().println("wrote key.pem, cert.pem and root.pem to " + folder);
            return ExitCode.OK;
        }
    }
}
