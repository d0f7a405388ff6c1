package io.inmesh.server.ctl;

import picocli.CommandLine.Option;

/** In which form a list is shown, for commands that show one. */
final class ListForm {

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.Lists.class,
            description = "table, wide, json, yaml or name. Default: ${DEFAULT-VALUE}")
    private String output = "table";

    /**
     * {@return the form that is asked for}
     *
     * @throws Failure if there is none of that name
     */
    String asked() throws Failure {
        return MeshCommand.oneOf(output, Listing.FORMS.toArray(new String[0]));
    }
}
