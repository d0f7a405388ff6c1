package io.inmesh.source;

import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads conditions of authorization policies: mappings with one key, which says what is tested. */
final class ConditionReader {

    private static final int DEEPEST = 32;

    private ConditionReader() {}

    static @Nullable Condition read(Value value) {
        return read(value, 0);
    }

    private static @Nullable Condition read(Value value, int depth) {
        // An anchor may contain itself.
        if (depth > DEEPEST) {
            value.report("is nested more than " + DEEPEST + " deep", "write it flatter");
            return null;
        }
        return value.<Condition>read(section -> condition(section, depth + 1));
    }

    private static @Nullable Condition condition(Section section, int depth) {
        if (section.keys().size() != 1) {
            section.value().report("has " + section.keys().size() + " keys", "give one; use all to combine several");
        }
        Condition found = null;
        for (Kind kind : KINDS) {
            Value value = section.get(kind.key);
            Condition read = value == null ? null : kind.reader.read(value, depth);
            found = read == null ? found : read;
        }
        return found;
    }

    private static final List<Kind> KINDS = List.of(
            new Kind("all", (value, depth) -> new Condition.All(parts(value, depth))),
            new Kind("any", (value, depth) -> new Condition.AnyOf(parts(value, depth))),
            new Kind("not", (value, depth) -> with(read(value, depth), Condition.Not::new)),
            new Kind("always", (value, depth) -> onlyTrue(value, new Condition.Always())),
            new Kind("authenticated", (value, depth) -> onlyTrue(value, new Condition.Authenticated())),
            new Kind(
                    "header",
                    (value, depth) -> with(value.<HeaderMatch>read(MatchReader::header), Condition.Header::new)),
            new Kind("path", (value, depth) -> with(MatchReader.text(value), Condition.Path::new)),
            new Kind("pathTemplate", (value, depth) -> with(value.text(), Condition.PathTemplate::new)),
            new Kind(
                    "destinationPort",
                    (value, depth) -> with(value.parse(Integer::valueOf, "a port"), Condition.DestinationPort::new)),
            new Kind("sourceIp", (value, depth) -> with(range(value), Condition.SourceIp::new)),
            new Kind("remoteIp", (value, depth) -> with(range(value), Condition.RemoteIp::new)),
            new Kind("destinationIp", (value, depth) -> with(range(value), Condition.DestinationIp::new)),
            new Kind("claim", (value, depth) -> value.<Condition>read(ConditionReader::claim)),
            new Kind("principal", (value, depth) -> with(MatchReader.text(value), Condition.Principal::new)),
            new Kind(
                    "requestedServerName",
                    (value, depth) -> with(MatchReader.text(value), Condition.RequestedServerName::new)));

    private static @Nullable Condition claim(Section claim) {
        List<String> path = claim.texts("path");
        if (path.isEmpty()) {
            claim.value().report("has no path", "give the names that lead to the claim, as in path: [sub]");
        }
        boolean element = claim.flag("element", false);
        return with(MatchReader.textWithin(claim), match -> new Condition.Claim(path, match, element));
    }

    private record Kind(String key, PartReader reader) {}

    private interface PartReader {
        @Nullable
        Condition read(Value value, int depth);
    }

    private static List<Condition> parts(Value value, int depth) {
        return value.list().stream()
                .map(part -> read(part, depth))
                .filter(Objects::nonNull)
                .<Condition>map(Objects::requireNonNull)
                .toList();
    }

    private static <T> @Nullable Condition with(@Nullable T part, Function<T, Condition> maker) {
        return part == null ? null : maker.apply(part);
    }

    private static @Nullable Condition onlyTrue(Value value, Condition condition) {
        Boolean flag = value.flag();
        if (flag != null && !flag) {
            value.report("is false", "write true, and put it under not to negate it");
        }
        return condition;
    }

    static List<Condition.Cidr> ranges(List<Value> values) {
        return values.stream()
                .map(ConditionReader::range)
                .filter(Objects::nonNull)
                .<Condition.Cidr>map(Objects::requireNonNull)
                .toList();
    }

    private static Condition.@Nullable Cidr range(Value value) {
        return value.parse(ConditionReader::range, "an address or a range such as 10.0.0.0/8");
    }

    private static Condition.Cidr range(String text) {
        int slash = text.indexOf('/');
        if (slash >= 0) {
            return new Condition.Cidr(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
        }
        return new Condition.Cidr(text, text.indexOf(':') >= 0 ? 128 : 32);
    }
}
