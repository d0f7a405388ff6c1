package io.inmesh.authz;

import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.identity.IdentityHeaders;
import io.inmesh.identity.SpiffeId;
import io.inmesh.match.AddressRange;
import io.inmesh.match.TextTest;
import java.util.List;
import java.util.Set;

/**
 * Compiles the condition of one policy.
 *
 * <p>A header may come several times, and which value the application takes is unknown, so each test assumes the worst: to be allowed
 * every value must pass, to be denied any value is enough. A line {@code a,b} may be one value or two, so it is tested as both. A negation turns that around, whatever the depth. (The lesson of
 * CVE-2026-26308.)
 */
final class ConditionCompiler {

    /** Headers that have one value, in which a comma is a comma (RFC 9110; RFC 6265 for cookies). */
    private static final Set<String> SINGLE_VALUES = Set.of(
            "authorization",
            "content-type",
            "cookie",
            "date",
            "from",
            "if-modified-since",
            "if-range",
            "if-unmodified-since",
            "proxy-authorization",
            "referer",
            "user-agent");

    private final String policy;
    private final Action action;
    private final PolicyProblems problems;

    ConditionCompiler(String policy, Action action, PolicyProblems problems) {
        this.policy = policy;
        this.action = action;
        this.problems = problems;
    }

    FactTest compile(Condition condition) {
        return compile(condition, action == Action.ALLOW);
    }

    private FactTest compile(Condition condition, boolean everyValue) {
        try {
            return compileOrThrow(condition, everyValue);
        } catch (IllegalArgumentException e) {
            String field = condition.getClass().getSimpleName();
            problems.report(policy, field, String.valueOf(e.getMessage()), "correct the value, or remove the test");
            // Never used, since a problem was reported; if it were, an ALLOW would not match and a DENY would.
            return action == Action.ALLOW ? FactTest.NEVER : FactTest.ALWAYS;
        }
    }

    private FactTest compileOrThrow(Condition condition, boolean everyValue) {
        if (condition instanceof Condition.All all) {
            return FactTest.all(compileAll(all.parts(), everyValue));
        } else if (condition instanceof Condition.AnyOf any) {
            return FactTest.anyOf(compileAll(any.parts(), everyValue));
        } else if (condition instanceof Condition.Not not) {
            return new FactTest.Not(compile(not.part(), !everyValue));
        } else if (condition instanceof Condition.Always) {
            return FactTest.ALWAYS;
        } else if (condition instanceof Condition.Header header) {
            return header(header.match(), everyValue);
        } else if (condition instanceof Condition.Path path) {
            return new FactTest.Path(TextTest.compile(path.match()));
        } else if (condition instanceof Condition.PathTemplate template) {
            return new FactTest.Template(PathTemplate.compile(template.template()));
        } else if (condition instanceof Condition.DestinationPort port) {
            return new FactTest.Port(port.port());
        } else if (condition instanceof Condition.SourceIp source) {
            return new FactTest.PeerAddress(AddressRange.compile(source.range()));
        } else if (condition instanceof Condition.RemoteIp client) {
            return new FactTest.Client(AddressRange.compile(client.range()));
        } else if (condition instanceof Condition.DestinationIp destination) {
            return new FactTest.LocalAddress(AddressRange.compile(destination.range()));
        } else if (condition instanceof Condition.Principal principal) {
            return principal(principal.match());
        } else if (condition instanceof Condition.Authenticated) {
            return new FactTest.Authenticated();
        } else if (condition instanceof Condition.Claim claim) {
            return new FactTest.Claim(
                    claim.path().toArray(new String[0]), TextTest.compile(claim.match()), claim.element());
        } else if (condition instanceof Condition.RequestedServerName name) {
            return new FactTest.ServerName(TextTest.compile(name.match()));
        }
        throw new IllegalArgumentException("unknown kind of condition");
    }

    private List<FactTest> compileAll(List<Condition> parts, boolean everyValue) {
        return parts.stream().map(part -> compile(part, everyValue)).toList();
    }

    private FactTest header(HeaderMatch match, boolean everyValue) {
        // An inverted test is a negation around a plain one, so its quantifier turns around as well.
        FactTest test = plainHeader(match, everyValue != match.invert());
        return match.invert() ? new FactTest.Not(test) : test;
    }

    private FactTest plainHeader(HeaderMatch match, boolean everyValue) {
        TextTest text = TextTest.compile(match.match());
        if (IdentityHeaders.hides(match.name())) {
            throw new IllegalArgumentException("header " + match.name()
                    + " is whatever the client writes and is hidden from the application; test the principal");
        }
        return switch (match.name()) {
            case ":method" -> new FactTest.Method(text);
            case ":authority", "host" ->
                new FactTest.Authority(TextTest.compile(ignoringCase(match.match())), everyValue);
            case ":scheme" -> new FactTest.Scheme(text);
            default -> {
                if (match.name().startsWith(":")) {
                    throw new IllegalArgumentException(
                            "header " + match.name()
                                    + " cannot be tested; known are :method, :authority and :scheme, and paths have their own test");
                }
                yield new FactTest.Header(
                        match.name(), text, match.missingAsEmpty(), everyValue, list(match, everyValue));
            }
        };
    }

    /**
     * Whether a line is also read as a list. Not for headers whose one value may have commas, and not where the policy names a text with
     * commas that has to be the whole line.
     */
    private static boolean list(HeaderMatch match, boolean everyValue) {
        return !SINGLE_VALUES.contains(match.name())
                && !(everyValue && textOf(match.match()).indexOf(',') >= 0);
    }

    private static String textOf(StringMatch match) {
        if (match instanceof StringMatch.Exact exact) {
            return exact.value();
        } else if (match instanceof StringMatch.Prefix prefix) {
            return prefix.value();
        } else if (match instanceof StringMatch.Suffix suffix) {
            return suffix.value();
        } else if (match instanceof StringMatch.Contains contains) {
            return contains.value();
        }
        return match instanceof StringMatch.Regex regex ? regex.pattern() : "";
    }

    /** Hosts have no case (CVE-2021-39155), whatever the policy says. */
    private static StringMatch ignoringCase(StringMatch match) {
        if (match instanceof StringMatch.Exact exact) {
            return new StringMatch.Exact(exact.value(), true);
        } else if (match instanceof StringMatch.Prefix prefix) {
            return new StringMatch.Prefix(prefix.value(), true);
        } else if (match instanceof StringMatch.Suffix suffix) {
            return new StringMatch.Suffix(suffix.value(), true);
        } else if (match instanceof StringMatch.Contains contains) {
            return new StringMatch.Contains(contains.value(), true);
        } else if (match instanceof StringMatch.Regex regex) {
            return new StringMatch.Regex("(?i)" + regex.pattern());
        }
        return match;
    }

    private FactTest principal(StringMatch match) {
        if (match instanceof StringMatch.Exact exact && !exact.ignoreCase()) {
            try {
                return new FactTest.ExactPrincipal(SpiffeId.parse(exact.value()));
            } catch (IllegalArgumentException e) {
                if (!exact.value().startsWith("spiffe://")) {
                    throw new IllegalArgumentException("principal can never match: " + e.getMessage(), e);
                }
                // Nobody can have this name. That is a mistake, but not one for which all other policies should be
                // lost: whoever wrote it is warned where it was written.
                return FactTest.NEVER;
            }
        }
        return new FactTest.Principal(TextTest.compile(match));
    }
}
