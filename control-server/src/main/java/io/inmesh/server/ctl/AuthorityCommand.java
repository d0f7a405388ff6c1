package io.inmesh.server.ctl;

import picocli.CommandLine.Command;

@Command(
        name = "ca",
        description = "Looks after the certificate authority.",
        subcommands = {DenyCommands.Deny.class, DenyCommands.Allow.class, DenyCommands.Denied.class})
final class AuthorityCommand {}
