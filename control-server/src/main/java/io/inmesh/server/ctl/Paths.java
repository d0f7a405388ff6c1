package io.inmesh.server.ctl;

import io.inmesh.server.model.Kinds;
import org.jspecify.annotations.Nullable;

/** Paths of resources, as Kubernetes has them. */
final class Paths {

    private Paths() {}

    static Kinds.Kind kind(String word) throws Failure {
        return Kinds.ofWord(word)
                .orElseThrow(() -> new Failure(
                        ExitCode.USAGE,
                        "there is no kind \"" + word + "\"; there are "
                                + String.join(
                                        ", ",
                                        Kinds.all().stream()
                                                .filter(k -> k.use() != Kinds.Kind.Use.SKIPPED)
                                                .map(Kinds.Kind::plural)
                                                .toList())));
    }

    static String of(Kinds.Kind kind, @Nullable String namespace, @Nullable String name) {
        String version = kind.versions().get(0);
        return (kind.group().isEmpty() ? "/api/" + version : "/apis/" + kind.group() + "/" + version)
                + (namespace == null ? "" : "/namespaces/" + Api.encoded(namespace))
                + "/" + kind.plural()
                + (name == null ? "" : "/" + Api.encoded(name));
    }
}
