package io.inmesh.server.ctl;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * What the scripts of {@code meshctl completion} ask when only the server, or the file of contexts, knows what may follow. Somebody waits
 * at a prompt meanwhile, so it says nothing but names, one a line, takes no longer than its limit, and is silent about all that fails.
 * Nobody types it, and no help shows it.
 */
@Command(name = OffersCommand.NAME, hidden = true, description = "Names for shells to offer.")
final class OffersCommand implements Callable<Integer> {

    /** What scripts call it. */
    static final String NAME = "__complete";

    private static final String LIMIT = "INMESH_COMPLETION_LIMIT";
    private static final Duration USUAL_LIMIT = Duration.ofSeconds(1);

    /** Names of processes and services come from whoever joins; a shell is given none that would mean something to it. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@+-]*");

    private final Duration limit;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "LINE", description = "The command line up to the cursor.")
    private String line = "";

    /**
     * The command.
     *
     * @param limit longest time to wait for the server
     */
    OffersCommand(Duration limit) {
        this.limit = limit;
    }

    /** {@return how long a shell waits for the server at most, without the start of the JVM; one second unless the environment says else} */
    static Duration limit(Map<String, String> environment) {
        try {
            String given = environment.get(LIMIT);
            return given == null ? USUAL_LIMIT : new DurationOption().convert(given);
        } catch (TypeConversionException e) {
            return USUAL_LIMIT;
        }
    }

    @Override
    public Integer call() {
        CommandLine own = Objects.requireNonNull(spec).commandLine();
        CommandLine program = new CommandLine(new MeshCtl());
        TypedLine typed = TypedLine.of(program.getCommandSpec(), line);
        for (String name : names(program, typed)) {
            if (name.startsWith(typed.last()) && HARMLESS.matcher(name).matches()) {
                own.getOut().println(name);
            }
        }
        own.getOut().flush();
        return ExitCode.OK;
    }

    private Iterable<String> names(CommandLine program, TypedLine typed) {
        Optional<Offer> offer = typed.offer();
        if (offer.isEmpty()) {
            return List.of();
        }
        FutureTask<Iterable<String>> asked = new FutureTask<>(() -> ask(program, typed, offer.get()));
        Thread asking = new Thread(asked, "meshctl-offers");
        asking.setDaemon(true);
        asking.start();
        try {
            return asked.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // A complaint would stand in the middle of what is being typed; the command itself will say it when it is
            // run.
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static Iterable<String> ask(CommandLine program, TypedLine typed, Offer offer) throws Failure, IOException {
        List<String> arguments = new ArrayList<>();
        typed.options().forEach((name, value) -> {
            // Those that say which server it is, and as whom; others belong to commands.
            if (program.getCommandSpec().findOption(name) != null) {
                arguments.add(name + "=" + value);
            }
        });
        program.parseArgs(arguments.toArray(String[]::new));
        MeshCtl ctl = program.getCommand();
        Target target = offer == Offer.CONTEXTS
                ? Target.of(ServerChoice.DEFAULT_SERVER)
                : ctl.choice().target(System.getenv());
        return new Offers(new Api(target), System.getenv()).of(offer, typed);
    }
}
