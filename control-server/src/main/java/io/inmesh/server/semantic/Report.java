package io.inmesh.server.semantic;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import io.inmesh.server.validate.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the problems of one resource; and the small checks every kind needs. */
final class Report {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** Processes take longer ones for mistakes, too. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Resource resource;
    private final List<Problem> problems = new ArrayList<>();

    Report(Resource resource) {
        this.resource = resource;
    }

    Resource resource() {
        return resource;
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    void add(Check check, Field field, String message) {
        add(check, field.path(), message);
    }

    void add(Check check, String path, String message) {
        problems.add(new Problem(resource.key(), path, check.severity(), check.code(), message, check.remedy()));
    }

    /** Asks that the text here is there and not empty. */
    boolean required(Field field) {
        if (field.text().isEmpty()) {
            add(Check.REQUIRED, field, "is required");
            return false;
        }
        return true;
    }

    /** Of these fields at most one may be there. */
    void exclusive(Field holder, String... names) {
        List<String> set = List.of(names).stream()
                .filter(name -> holder.get(name).present())
                .toList();
        if (set.size() > 1) {
            add(Check.EXCLUSIVE, holder, String.join(" and ", set) + " cannot be set together");
        }
    }

    void range(Field field, double low, double high) {
        field.decimal().ifPresent(value -> {
            if (value < low || value > high) {
                add(Check.BAD_VALUE, field, plain(value) + " is not between " + plain(low) + " and " + plain(high));
            }
        });
    }

    void notNegative(Field field) {
        range(field, 0, 0xFFFF_FFFFL);
    }

    /** A duration from a millisecond to a century, if anything is there; zero is fine where it means "none". */
    void duration(Field field, boolean zeroAllowed) {
        if (field.absent()) {
            return;
        }
        Optional<Duration> value = field.duration();
        if (value.isEmpty()) {
            add(Check.BAD_VALUE, field, "\"" + field.text() + "\" is no duration such as 1.5s or 100ms");
        } else if (!(zeroAllowed && value.get().isZero()) && value.get().compareTo(SHORTEST) < 0) {
            add(Check.BAD_VALUE, field, "\"" + field.text() + "\" is shorter than 1ms");
        } else if (value.get().compareTo(LONGEST) > 0) {
            add(Check.BAD_VALUE, field, "\"" + field.text() + "\" is longer than a century");
        }
    }

    void regex(Field field) {
        if (field.absent()) {
            return;
        }
        try {
            Pattern.compile(field.text());
        } catch (PatternSyntaxException e) {
            add(Check.BAD_REGEX, field, "\"" + field.text() + "\" is no regular expression: " + e.getDescription());
        }
    }

    void port(Field field) {
        range(field, 1, 65535);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
