package io.inmesh.authz;

import io.inmesh.match.TextTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which of many policies can match the value of a header at all: of the one header of which most policies name values. It is used where
 * the header comes once and has one reading; otherwise every policy is tested.
 */
final class HeaderIndex {

    private final @Nullable String name;
    private final Map<String, int[]> byValue = new HashMap<>();
    private final int[] others;
    private final int[] all;

    HeaderIndex(List<FactTest> tests) {
        this.all = IntStream.range(0, tests.size()).toArray();
        this.name = commonest(tests);
        List<@Nullable Set<String>> required = new ArrayList<>();
        Set<String> distinct = new TreeSet<>();
        for (FactTest test : tests) {
            Set<String> own = name == null ? null : required(name, test);
            required.add(own);
            if (own != null) {
                distinct.addAll(own);
            }
        }
        this.others = worthTesting(required, null);
        for (String value : distinct) {
            byValue.put(value, worthTesting(required, value));
        }
    }

    /** {@return indices of the policies that may match a request, in their order} */
    int[] candidates(RequestFacts facts) {
        if (name == null) {
            return all;
        }
        String value = facts.plainHeader(name);
        if (value != null) {
            int[] found = byValue.get(value);
            return found == null ? others : found;
        }
        return facts.headerValues(name).isEmpty() ? others : all;
    }

    private static @Nullable String commonest(List<FactTest> tests) {
        Map<String, Integer> counts = new HashMap<>();
        tests.forEach(test -> names(test).forEach(name -> counts.merge(name, 1, Integer::sum)));
        return counts.entrySet().stream()
                .filter(count -> count.getValue() > 1)
                .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private static Set<String> names(FactTest test) {
        Set<String> names = new TreeSet<>();
        if (test instanceof FactTest.Header header && exact(header.text()) != null) {
            names.add(header.name());
        } else if (test instanceof FactTest.All every) {
            for (FactTest part : every.parts()) {
                names.addAll(names(part));
            }
        } else if (test instanceof FactTest.AnyOf any) {
            for (FactTest part : any.parts()) {
                names.addAll(names(part));
            }
        }
        return names;
    }

    private static int[] worthTesting(List<@Nullable Set<String>> required, @Nullable String value) {
        return IntStream.range(0, required.size())
                .filter(i -> {
                    Set<String> own = required.get(i);
                    return own == null || value != null && own.contains(value);
                })
                .toArray();
    }

    /** {@return values of which the header must have one for a test to hold; null if it may hold for any} */
    private static @Nullable Set<String> required(String name, FactTest test) {
        return Requirement.of(test, part -> values(name, part));
    }

    private static @Nullable Set<String> values(String name, FactTest test) {
        return test instanceof FactTest.Header header && header.name().equals(name) && !header.missingAsEmpty()
                ? exact(header.text())
                : null;
    }

    private static @Nullable Set<String> exact(TextTest text) {
        if (text instanceof TextTest.Exact exact) {
            return exact.ignoreCase() ? null : Set.of(exact.text());
        }
        if (!(text instanceof TextTest.AnyOf any)) {
            return null;
        }
        Set<String> together = new TreeSet<>();
        for (TextTest each : any.tests()) {
            Set<String> own = exact(each);
            if (own == null) {
                return null;
            }
            together.addAll(own);
        }
        return together;
    }
}
