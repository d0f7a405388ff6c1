package io.inmesh.server.ctl;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command line of the mesh. */
@Command(
        name = MeshCtl.NAME,
        aliases = "ctl",
        description = "Looks at a mesh and changes it.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AnalyzeCommand.class,
            ApplyCommand.class,
            CheckCommand.class,
            DeleteCommand.class,
            DiffCommand.class,
            HistoryCommand.class,
            RollbackCommand.class,
            GetCommand.class,
            StatusCommand.class,
            StatCommand.class,
            EdgesCommand.class,
            RoutesCommand.class,
            EndpointsCommand.class,
            RolloutCommand.class,
            InspectCommand.class,
            CanICommand.class,
            TapCommand.class,
            LogCommand.class,
            DrainCommands.Begin.class,
            DrainCommands.End.class,
            DrainCommands.Drained.class,
            ExplainCommand.class,
            TokenCommand.class,
            CertificateCommand.class,
            AuthorityCommand.class,
            AuditCommand.class,
            ContextCommand.class,
            LoginCommand.class,
            LogoutCommand.class,
            WhoamiCommand.class,
            UserCommand.class,
            ServiceTokenCommand.class,
            BootstrapCommand.class,
            VersionCommand.class,
            CompletionCommand.class
        })
public final class MeshCtl {

    /** What the program is called. */
    static final String NAME = "meshctl";

    @Mixin
    private final ServerChoice choice = new ServerChoice();

    /** {@return which server to talk to, as the command line says} */
    ServerChoice choice() {
        return choice;
    }

    /** Runs a command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new MeshCtl()).execute(arguments));
    }
}
