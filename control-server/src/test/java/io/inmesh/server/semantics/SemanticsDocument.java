package io.inmesh.server.semantics;

import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind;
import io.inmesh.server.model.Kinds.Kind.Use;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the document from surveys. */
final class SemanticsDocument {
    private static final String HEAD = """
            # What every field does

            Made by a test of the control server, and checked by it at every build: a fixture uses each field of each kind, the field is taken out, and what then changes is what
            the field does. So this page cannot promise more than the code keeps.

            - **library**: the config that our own library compiles and enforces, for OkHttp and gRPC calls alike, and for servlets and gRPC services that are called.
            - **Envoy**: what an Envoy is sent and does not pass over; what travels in our own metadata and optional filters does not count.
            - **stock gRPC**: what a grpc-java without our library is sent. Where policies rely on what it cannot do, `meshctl status` names the workloads.
            - A field that changes nothing is told about: the words in the last column are what whoever writes it is told, as a warning in the answer and in the resource's status.

            """;

    /** Kinds that nothing is sent for to processes, and the page that describes their fields. */
    static final Map<String, String> CARRIED_OUT = Map.of("Rollout", "rollouts.md");

    private final Descriptions descriptions = Descriptions.read();
    private final StringBuilder text = new StringBuilder(HEAD);

    static String of(Map<String, Survey> surveys) {
        SemanticsDocument document = new SemanticsDocument();
        document.overview(surveys);
        surveys.forEach(document::kind);
        document.ownWork();
        document.others();
        return document.text.toString();
    }

    private void overview(Map<String, Survey> surveys) {
        text.append(
                "| kind | fields | library | Envoy | stock gRPC | told about |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
        surveys.forEach((kind, survey) -> {
            var effects = survey.effects().values();
            text.append("| [%s](#%s) | %d | %d | %d | %d | %d |\n"
                    .formatted(
                            kind,
                            kind.toLowerCase(Locale.ROOT),
                            effects.size(),
                            effects.stream().filter(Effect::library).count(),
                            effects.stream().filter(Effect::envoy).count(),
                            effects.stream().filter(Effect::grpc).count(),
                            effects.stream().filter(effect -> !effect.works()).count()));
        });
    }

    private void kind(String kind, Survey survey) {
        text.append("\n## ").append(kind).append("\n\n");
        if (kind.equals("DestinationRule")) {
            text.append(
                    "`subsets[].trafficPolicy` has the same fields as `trafficPolicy` and replaces it block by block; `portLevelSettings[]` replaces its four blocks all at"
                            + " once.\n\n");
        }
        text.append(
                "| field | what it does | library | Envoy | stock gRPC | told |\n| --- | --- | :-: | :-: | :-: | --- |\n");
        survey.effects()
                .forEach((field, effect) -> text.append("| `%s` | %s | %s | %s | %s | %s |\n"
                        .formatted(
                                field.replaceFirst("^spec\\.", ""),
                                descriptions.of(kind, field).orElse("").replace("|", "\\|"),
                                mark(effect.library()),
                                mark(effect.envoy()),
                                mark(effect.grpc()),
                                String.join("; ", effect.reports()).replace("|", "\\|"))));
    }

    private void others() {
        text.append("\n## Kinds without effect\n\n| kind | what becomes of it | why |\n| --- | --- | --- |\n");
        for (Kind kind : Kinds.all()) {
            if (kind.use() != Use.ENFORCED) {
                text.append("| %s `%s` | %s | %s |\n"
                        .formatted(kind.kind(), kind.apiVersion(), words(kind.use()), kind.why()));
            }
        }
    }

    /** What the server does by itself is no process's to enforce. */
    private void ownWork() {
        text.append("\n## Kinds that the control server carries out\n\n")
                .append("Processes are sent what they change, not themselves.\n\n| kind | fields |\n| --- | --- |\n");
        CARRIED_OUT.forEach(
                (kind, page) -> text.append("| %s | described in [%s](%s) |\n".formatted(kind, page, page)));
    }

    private static String words(Use use) {
        return switch (use) {
            case ENFORCED -> "stored and obeyed";
            case STORED -> "stored, with a warning";
            case SKIPPED -> "neither stored nor obeyed; said in the answer";
            case REFUSED -> "refused";
        };
    }

    private static String mark(boolean works) {
        return works ? "✓" : "";
    }

    /** {@return kinds that are surveyed, in the order they are documented in} */
    static List<String> kinds() {
        return Kinds.all().stream()
                .filter(kind -> kind.use() == Use.ENFORCED)
                .map(Kind::kind)
                .filter(kind -> !CARRIED_OUT.containsKey(kind))
                .distinct()
                .toList();
    }
}
