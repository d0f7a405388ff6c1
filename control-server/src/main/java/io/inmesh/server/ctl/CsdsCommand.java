package io.inmesh.server.ctl;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "csds",
        description = {
            "Tells grpcdebug, and others that speak CSDS, what one process has been sent and what it made of it.",
            "It answers on this machine's loopback address, to everybody on it, until it is interrupted. It takes an administrator, since nothing is left out."
        })
final class CsdsCommand extends MeshCommand {

    @Parameters(paramLabel = "NAME", description = "A process, or a service with any of its processes.")
    @Offered(Offer.SERVICES_AND_PROCESSES)
    private String name = "";

    @Option(names = "--port", defaultValue = "0", description = "Port to answer at. Default: any that is free.")
    private int port;

    @Override
    int run(Api api) throws Failure, IOException {
        if (port < 0 || port > 65_535) {
            throw new Failure(ExitCode.USAGE, "--port is a port from 1 to 65535, or 0 for any, not " + port);
        }
        String process = "?namespace=" + Api.encoded(namespace()) + "&process=" + Api.encoded(name);
        // What is wrong with the name or the user's role is said now, and not to whoever asks later.
        ClientStatusRelay.ask(api, process);
        try (ClientStatusRelay relay = new ClientStatusRelay(api, process, port)) {
            out().println("127.0.0.1:" + relay.port());
            out().flush();
            err().println("for example: grpcdebug 127.0.0.1:" + relay.port() + " xds status");
            err().flush();
            relay.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }
}
