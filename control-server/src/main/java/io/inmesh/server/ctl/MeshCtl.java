package io.inmesh.server.ctl;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the mesh. */
@Command(
        name = "meshctl",
        aliases = "ctl",
        description = "Looks at a mesh and changes it.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AnalyzeCommand.class,
            ApplyCommand.class,
            CheckCommand.class,
            DeleteCommand.class,
            GetCommand.class,
            StatusCommand.class,
            ExplainCommand.class,
            TokenCommand.class,
            CertificateCommand.class,
            AuthorityCommand.class,
            AuditCommand.class,
            BootstrapCommand.class,
            VersionCommand.class
        })
public final class MeshCtl {

    /** Runs a command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new MeshCtl()).execute(arguments));
    }
}
