package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import picocli.CommandLine.Mixin;

/** Lists things; what and from where is for each command to say, in which form for the user. */
abstract class ListCommand extends MeshCommand {

    private final Listing listing;

    @Mixin
    private final ListForm form = new ListForm();

    @Mixin
    private final Watch watch = new Watch();

    ListCommand(Listing listing) {
        this.listing = listing;
    }

    /** {@return an answer with the things} */
    abstract JsonNode answer(Api api) throws Failure, IOException;

    @Override
    final int run(Api api) throws Failure, IOException {
        String output = form.asked();
        return watch.run(out(), () -> answer(api), answer -> {
            listing.print(out(), output, answer);
            return ExitCode.OK;
        });
    }
}
