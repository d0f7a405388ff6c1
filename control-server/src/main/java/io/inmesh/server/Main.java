package io.inmesh.server;

import io.inmesh.server.backup.StoreCommand;
import io.inmesh.server.ctl.MeshCtl;
import io.inmesh.server.ctl.ReadyCommand;
import io.inmesh.server.ctl.UserHashCommand;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Entry point of the executable jar: {@code serve} runs a control server, {@code ctl} is {@code meshctl}. */
@Command(
        name = "control-server",
        description = "The control plane of an Inmesh mesh.",
        mixinStandardHelpOptions = true,
        subcommands = {Main.Serve.class, MeshCtl.class, UserHashCommand.class, StoreCommand.class, ReadyCommand.class})
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    /** Runs a command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(MeshCtl.run(new CommandLine(new Main()), arguments));
    }

    /** Runs a control server until the process is asked to end. */
    @Command(
            name = "serve",
            description = "Runs a control server until it is stopped.",
            mixinStandardHelpOptions = true)
    static final class Serve implements Callable<Integer> {

        @Option(
                names = "--grpc-address",
                defaultValue = "127.0.0.1",
                description = "Address of xDS, CA and load reports (TLS). Default: ${DEFAULT-VALUE}")
        private String grpcAddress = "127.0.0.1";

        @Option(
                names = "--grpc-port",
                defaultValue = "15012",
                description = "Port of xDS, CA and load reports. Default: ${DEFAULT-VALUE}")
        private int grpcPort;

        @Option(
                names = "--http-address",
                defaultValue = "127.0.0.1",
                description =
                        "Address of REST and metrics; others than loopback need --config. Default: ${DEFAULT-VALUE}")
        private String httpAddress = "127.0.0.1";

        @Option(
                names = "--http-port",
                defaultValue = "15014",
                description = "Port of REST and metrics. Default: ${DEFAULT-VALUE}")
        private int httpPort;

        @Option(
                names = "--xds-plaintext-port",
                defaultValue = "-1",
                description = "Port of discovery without TLS on loopback, for stock clients. Default: none")
        private int plaintextPort;

        @Option(
                names = "--data-dir",
                defaultValue = "inmesh-data",
                description = "Store and certificate authority. Default: ./${DEFAULT-VALUE}")
        private Path dataDir = Path.of("inmesh-data");

        @Option(names = "--config-dir", description = "Folder of YAML files to follow.")
        private @Nullable Path configDir;

        @Option(
                names = "--trust-domain",
                defaultValue = "inmesh.local",
                description = "SPIFFE trust domain. Default: ${DEFAULT-VALUE}")
        private String trustDomain = "inmesh.local";

        @Option(names = "--config", description = "Settings file (YAML): docs/settings.md. Default: none")
        private @Nullable Path settings;

        @Override
        public Integer call() throws InterruptedException {
            ControlServer server;
            try {
                server = new ControlServer(new ServerOptions(
                        grpcAddress,
                        grpcPort,
                        httpAddress,
                        httpPort,
                        plaintextPort,
                        dataDir,
                        configDir,
                        trustDomain,
                        settings == null ? SettingsFile.none() : SettingsFile.read(settings)));
            } catch (IOException | RuntimeException e) {
                LOG.debug("start failed", e);
                System.err.println("control-server: " + e.getMessage());
                return 1;
            }
            CountDownLatch stopped = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                server.leave();
                server.close();
                stopped.countDown();
            }));
            LOG.info(
                    "serving xDS, certificates and load reports on {}:{}, HTTP on {}",
                    grpcAddress,
                    server.grpcPort(),
                    server.httpUrl());
            stopped.await();
            return 0;
        }
    }
}
