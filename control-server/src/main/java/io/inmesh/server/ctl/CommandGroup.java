package io.inmesh.server.ctl;

import picocli.CommandLine.Option;

/** A command that only has others below it. */
abstract class CommandGroup {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Says which commands there are.")
    private boolean help;
}
