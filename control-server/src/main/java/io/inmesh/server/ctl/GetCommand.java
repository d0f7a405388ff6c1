package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind.Use;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "get", description = "Shows resources, and with -w what happens to them.")
final class GetCommand extends MeshCommand {

    @Parameters(
            index = "0",
            paramLabel = "KIND",
            completionCandidates = KindWords.class,
            description = "Kind, plural or short name; several with commas, \"all\" for every kind.")
    private String word = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "One resource.")
    @Offered(Offer.RESOURCES)
    private @Nullable String name;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.Lists.class,
            description = "table, wide, json, yaml or name.")
    private String output = "table";

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "In every namespace.")
    private boolean everywhere;

    @Mixin
    private final ResourceWatch watch = new ResourceWatch();

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, Listing.FORMS.toArray(new String[0]));
        boolean all = word.equals("all");
        if (name != null && (all || everywhere)) {
            throw new Failure(ExitCode.USAGE, "a name goes with one kind and one namespace");
        }
        boolean watched = watch.asked();
        ResourcePrinter printer = new ResourcePrinter(out(), output, watch.withEvents());
        List<Kinds.Kind> kinds = all ? Kinds.all() : named(word);
        if (watched) {
            if (kinds.size() > 1) {
                throw new Failure(ExitCode.USAGE, "one kind is watched at a time; name one instead of " + word);
            }
            Kinds.Kind kind = kinds.get(0);
            demandStored(kind);
            return watch.run(api, Paths.of(kind, everywhere ? null : namespace(), null), name, printer, err());
        }
        ArrayNode items = Api.JSON.createArrayNode();
        for (Kinds.Kind kind : kinds) {
            if (stored(kind)) {
                items.addAll(itemsOf(api.get(Paths.of(kind, everywhere ? null : namespace(), name))
                        .orFail()));
            } else if (!all) {
                demandStored(kind);
            }
        }
        if (items.isEmpty() && (output.equals("table") || output.equals("wide"))) {
            err().println("no resources found" + (everywhere ? "" : " in namespace " + namespace()));
        } else {
            printer.print(items, name != null && kinds.size() == 1);
        }
        return ExitCode.OK;
    }

    /** {@return the kinds of a list such as {@code vs,dr}, each once, in its order} */
    private static List<Kinds.Kind> named(String words) throws Failure {
        Set<Kinds.Kind> kinds = new LinkedHashSet<>();
        for (String word : words.split(",", -1)) {
            kinds.add(Paths.kind(word));
        }
        return List.copyOf(kinds);
    }

    private static boolean stored(Kinds.Kind kind) {
        return kind.use() == Use.ENFORCED || kind.use() == Use.STORED;
    }

    private static void demandStored(Kinds.Kind kind) throws Failure {
        if (!stored(kind)) {
            throw new Failure(ExitCode.USAGE, kind.kind() + " is not stored: " + kind.why());
        }
    }

    private static List<JsonNode> itemsOf(JsonNode body) {
        List<JsonNode> items = new ArrayList<>();
        if (body.has("items")) {
            body.path("items").forEach(items::add);
        } else {
            items.add(body);
        }
        return items;
    }
}
