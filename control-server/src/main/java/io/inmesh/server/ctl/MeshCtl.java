package io.inmesh.server.ctl;

import io.inmesh.server.time.SystemTimer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

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
            BugReportCommand.class,
            StatusCommand.class,
            StatCommand.class,
            EdgesCommand.class,
            RoutesCommand.class,
            EndpointsCommand.class,
            RolloutCommand.class,
            InspectCommand.class,
            CsdsCommand.class,
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
            HelpCommand.class,
            CompletionCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            DashboardCommand.class,
            DemoCommand.class
        })
public final class MeshCtl {

    /** What the program is called. */
    static final String NAME = "meshctl";

    @Mixin
    private final ServerChoice choice = new ServerChoice();

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Never says what is waited for. It is said on terminals only, after a second.")
    private boolean quiet;

    private Progress progress = Progress.NONE;

    /** {@return which server to talk to, as the command line says} */
    ServerChoice choice() {
        return choice;
    }

    /** {@return where to say what is waited for} */
    Progress progress() {
        return quiet ? Progress.NONE : progress;
    }

    /** Says from now on what is waited for. */
    void say(Progress there) {
        progress = there;
    }

    /** Runs a command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(run(new CommandLine(new MeshCtl()), arguments));
    }

    /**
     * Runs a command in a process of its own, where somebody may be watching.
     *
     * @param program this command line, or one that has it as a command
     * @return its exit status
     */
    public static int run(CommandLine program, String... arguments) {
        CommandLine own = program.getCommand() instanceof MeshCtl
                ? program
                : program.getSubcommands().get(NAME);
        if (own == null) {
            return program.execute(arguments);
        }
        IParameterExceptionHandler usual = own.getParameterExceptionHandler();
        own.setParameterExceptionHandler((problem, all) -> usual.handleParseException(inOneBreath(problem), all));
        own.addSubcommand(OffersCommand.NAME, new OffersCommand(OffersCommand.limit(System.getenv())));
        if (!Progress.wanted(System.getenv())) {
            return program.execute(arguments);
        }
        try (SystemTimer timer = new SystemTimer()) {
            MeshCtl ctl = own.getCommand();
            ctl.say(new Progress(timer, own.getErr()));
            return program.execute(arguments);
        }
    }

    /** Of an option whose value is no {@code name=value} picocli says "option option". */
    private static ParameterException inOneBreath(ParameterException problem) {
        String message = problem.getMessage();
        return message == null || !message.contains("option option ")
                ? problem
                : new ParameterException(
                        problem.getCommandLine(), message.replace("option option ", "option "), problem);
    }
}
