package io.inmesh.server.ctl;

import picocli.CommandLine.Option;

/** Whether columns are shown or what the server has said, for commands that do either. */
final class TableForm {

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.Tables.class,
            description = "table or json.")
    private String output = "table";

    /**
     * {@return whether the answer is asked for as it is}
     *
     * @throws Failure if the form is neither of the two
     */
    boolean json() throws Failure {
        return MeshCommand.oneOf(output, "table", "json").equals("json");
    }
}
