package io.inmesh.client.translate;

import io.inmesh.config.Condition;
import io.inmesh.xds.type.matcher.MetadataMatcher;
import io.inmesh.xds.type.matcher.ValueMatcher;
import java.util.ArrayList;
import java.util.List;

/** Conditions on what a token says: matchers of what Envoy's filter for tokens leaves behind. Other metadata does not exist here. */
final class ClaimTranslator {

    private static final String FILTER = "envoy.filters.http.jwt_authn";

    private final ResourceReader reader;
    private final Matchers matchers;

    ClaimTranslator(ResourceReader reader, Matchers matchers) {
        this.reader = reader;
        this.matchers = matchers;
    }

    Condition translate(String field, MetadataMatcher matcher) {
        if (!matcher.getFilter().equals(FILTER)) {
            throw reader.invalid(
                    field + ".metadata", "is about \"" + matcher.getFilter() + "\"; only tokens leave metadata here");
        }
        List<String> path = new ArrayList<>();
        matcher.getPathList().forEach(segment -> path.add(segment.getKey()));
        if (path.size() < 2 || !path.get(0).equals(JwtTranslator.PAYLOAD)) {
            throw reader.invalid(field + ".metadata.path", "must lead from \"payload\" to a claim, not " + path);
        }
        Condition condition = value(field, path.subList(1, path.size()), matcher.getValue(), false);
        return matcher.getInvert() ? new Condition.Not(condition) : condition;
    }

    private Condition value(String field, List<String> claim, ValueMatcher matcher, boolean element) {
        return switch (matcher.getMatchPatternCase()) {
            case STRING_MATCH ->
                new Condition.Claim(claim, matchers.string(field + ".metadata", matcher.getStringMatch()), element);
            case OR_MATCH -> {
                List<Condition> any = new ArrayList<>();
                matcher.getOrMatch()
                        .getValueMatchersList()
                        .forEach(part -> any.add(value(field, claim, part, element)));
                yield new Condition.AnyOf(any);
            }
            case LIST_MATCH -> {
                if (element) {
                    throw reader.invalid(field + ".metadata.value", "asks for lists inside of lists");
                }
                yield value(field, claim, matcher.getListMatch().getOneOf(), true);
            }
            case BOOL_MATCH, PRESENT_MATCH, MATCHPATTERN_NOT_SET ->
                throw reader.invalid(
                        field + ".metadata.value",
                        matcher.getMatchPatternCase() + " is not supported; claims are compared as texts");
        };
    }
}
