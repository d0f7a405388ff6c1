package io.inmesh.inbound;

import io.inmesh.authz.ExternalDecision;
import io.inmesh.authz.ExternalDecision.Result;
import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.call.RequestEdits;
import io.inmesh.call.StatusCodes;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.HeaderValues;
import io.inmesh.identity.IdentityHeaders;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what the answer of an external authorizer means. What it wants and cannot be done is no answer: a request goes on exactly as the
 * authorizer let it in, or not at all.
 */
final class CheckJudge {

    private static final Logger LOG = LoggerFactory.getLogger(CheckJudge.class);

    /** Source: RFC 9110, section 5.6.2 (token); in lower case, as HTTP/2 writes names. */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+");
    /** What gRPC takes of them: neither binary headers, whose values are no text, nor those it writes itself. */
    private static final Pattern GRPC_NAME = Pattern.compile("(?!grpc-)[0-9a-z._-]+(?<!-bin)");
    /** Source: RFC 9110, section 5.5. A line break would begin another header. */
    private static final Pattern VALUE = Pattern.compile("[^\\x00-\\x08\\x0a-\\x1f\\x7f]*");
    /** What the transport has read already, so that changing it would change nothing or tear the message apart. */
    private static final Set<String> FIXED = Set.of("host", "content-length", "transfer-encoding", "connection", "te");

    private static final int HTTP_OK = 200;

    private final InboundWork work;
    private final ExternalAuthorizerConfig authorizer;
    private final String policy;
    private final long waitedNanos;

    /**
     * Makes a judge of one answer.
     *
     * @param policy name of the policy that wanted the check
     * @param waitedNanos how long the request waited for the answer
     */
    CheckJudge(InboundWork work, ExternalAuthorizerConfig authorizer, String policy, long waitedNanos) {
        this.work = work;
        this.authorizer = authorizer;
        this.policy = policy;
        this.waitedNanos = waitedNanos;
    }

    /** {@return what the request is refused with, null if it goes on; then its edits are in the work} */
    @Nullable
    Outcome judge(ExternalAnswer answer) {
        String problem = problem(answer);
        if (problem != null) {
            return failed(problem);
        }
        if (answer instanceof ExternalAnswer.Denied denied) {
            return denied(denied);
        }
        if (answer instanceof ExternalAnswer.Allowed allowed && !allowed.equals(ExternalAnswer.Allowed.UNCHANGED)) {
            work.edit(edits(work, allowed));
            work.answerHeaders(allowed.answerHeaders());
        }
        tell(Result.ALLOWED);
        return null;
    }

    private Outcome denied(ExternalAnswer.Denied denied) {
        LOG.debug(
                "{} {} from {} was denied by external authorizer \"{}\" (policy \"{}\") with status {}",
                work.call().method(),
                work.canonicalPath(),
                work.call().peer(),
                authorizer.name(),
                policy,
                denied.httpStatus());
        tell(Result.DENIED);
        return new Outcome.LocalReply(
                Reason.UNAUTHORIZED,
                denied.httpStatus(),
                grpcOf(denied.httpStatus()),
                denied.body(),
                null,
                denied.headers().stream()
                        .filter(header -> problem(List.of(header)) == null)
                        .toList());
    }

    private @Nullable Outcome failed(String problem) {
        String message = "external authorizer \"" + authorizer.name() + "\" at " + authorizer.host() + ":"
                + authorizer.port() + ", asked by policy \"" + policy + "\", gave no answer that counts: " + problem;
        if (authorizer.failOpen()) {
            LOG.debug("{} {} goes on unchecked (failOpen): {}", work.call().method(), work.canonicalPath(), message);
            tell(Result.FAILED_OPEN);
            return null;
        }
        LOG.debug("{} {} is refused: {}", work.call().method(), work.canonicalPath(), message);
        tell(Result.FAILED_CLOSED);
        return new Outcome.Rejection(
                Reason.UNAUTHORIZED, authorizer.statusOnError(), grpcOf(authorizer.statusOnError()), message);
    }

    /** An answer without messages that says OK would read as an empty success. */
    private static int grpcOf(int httpStatus) {
        return httpStatus == HTTP_OK ? StatusCodes.GRPC_UNKNOWN : StatusCodes.grpcOf(httpStatus);
    }

    /** Nothing that goes wrong in here changes the answer. */
    private void tell(Result result) {
        try {
            work.observer().checked(work.call(), new ExternalDecision(authorizer.name(), policy, result, waitedNanos));
        } catch (RuntimeException e) {
            LOG.warn("What an external authorizer said could not be reported; its decision stands", e);
        }
    }

    private @Nullable String problem(ExternalAnswer answer) {
        if (answer instanceof ExternalAnswer.Failed failed) {
            return failed.why();
        }
        if (!(answer instanceof ExternalAnswer.Allowed allowed)) {
            // A denial stands, whatever is wrong with it: it must not become a failure that lets in.
            return null;
        }
        return Stream.of(allowed.setHeaders(), allowed.appendedHeaders(), allowed.answerHeaders())
                .map(this::problem)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable String problem(List<Map.Entry<String, String>> headers) {
        Pattern names = work.call().protocol() == Call.Protocol.GRPC ? GRPC_NAME : NAME;
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey();
            if (!names.matcher(name).matches()) {
                return "it sets \"" + name + "\", which is no header that can be set";
            }
            if (FIXED.contains(name) || IdentityHeaders.hides(name)) {
                return "it sets " + name + ", which cannot be changed after a request was received";
            }
            if (!VALUE.matcher(header.getValue()).matches()) {
                return "its value of " + name + " has control characters";
            }
        }
        return null;
    }

    /** Removals come last in Envoy as well, so that what is set and removed is removed. */
    private static RequestEdits edits(InboundWork work, ExternalAnswer.Allowed allowed) {
        InboundCall call = work.call();
        Map<String, String> shown = new LinkedHashMap<>();
        allowed.setHeaders().forEach(header -> shown.put(header.getKey(), header.getValue()));
        for (Map.Entry<String, String> header : allowed.appendedHeaders()) {
            String name = header.getKey();
            List<String> values = new ArrayList<>();
            if (shown.containsKey(name)) {
                values.add(shown.get(name));
            } else {
                values.addAll(work.edits().headerValues(call, name));
            }
            values.add(header.getValue());
            shown.put(name, HeaderValues.joined(name, values));
        }
        Set<String> hidden = new HashSet<>(allowed.removedHeaders());
        // Source: Envoy's ext_authz.v3 filter; without its host a request would be malformed.
        hidden.remove("host");
        hidden.removeIf(name -> name.startsWith(":"));
        shown.keySet().removeAll(hidden);
        return new RequestEdits(hidden, Set.of(), Set.of(), List.copyOf(shown.entrySet()));
    }
}
