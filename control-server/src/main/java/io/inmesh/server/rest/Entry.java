package io.inmesh.server.rest;

import io.inmesh.server.access.Access;
import io.inmesh.server.access.Authenticator.Proof;
import io.inmesh.server.access.CallerRates;
import io.inmesh.server.access.Credentials;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Principal;
import io.inmesh.server.access.Unauthenticated;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What every request passes before anything is done for it, its body is read or what it names is looked up: how often its address asks, the
 * gate against foreign web pages, who makes it, how often that one asks, and whether that one may.
 */
final class Entry {

    /** Header that proves that a page of this server sends a change, and no other page through the same browser. */
    static final String CSRF_HEADER = "X-Inmesh-CSRF";

    /** Several callers may share an address. */
    private static final int CALLERS_OF_AN_ADDRESS = 4;

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final Access access;
    private final Gate gate;
    private final CallerRates addresses;
    private final CallerRates callers;

    Entry(Access access, Set<String> hosts, boolean tls) {
        this.access = access;
        this.gate = new Gate(hosts, tls);
        int perSecond = access.settings().limits().requestsPerSecond();
        this.addresses = new CallerRates(perSecond * CALLERS_OF_AN_ADDRESS, System::nanoTime);
        this.callers = new CallerRates(perSecond, System::nanoTime);
    }

    /**
     * Lets a request in.
     *
     * @param path its path as it will be routed
     * @throws HttpProblem if it is kept out; the answer to give
     */
    void admit(Exchange exchange, List<String> path) throws HttpProblem {
        String address = CallerRates.keyOf(exchange.address());
        if (!addresses.take(address)) {
            throw HttpProblem.tooMany("this address sends too many requests; try again in a second", 1);
        }
        gate.check(exchange);
        Admission admission = Admission.of(exchange.method(), path, exchange.flag("watch"));
        Proof proof = proof(exchange, admission.rule());
        Principal principal = proof.principal();
        boolean known = principal.authenticated();
        if (known && !callers.take(principal.id())) {
            throw HttpProblem.tooMany(principal.id() + " sends too many requests; try again in a second", 1);
        }
        if (!SAFE.contains(exchange.method()) && !proof.sentBack(exchange.header(CSRF_HEADER))) {
            throw new HttpProblem(
                    403, "Forbidden", "a change by a browser has to send " + CSRF_HEADER + " as GET session told it");
        }
        exchange.admitted(proof, permission -> demand(exchange, principal, permission));
        switch (admission.rule()) {
            case ANYBODY -> {
                // Nothing is asked.
            }
            case SOMEBODY, CONTENT -> {
                if (principal.kind() == Principal.Kind.NOBODY) {
                    throw unauthorized(exchange, "no credentials");
                }
            }
            case VIEWER, EDITOR, ADMIN -> demand(exchange, principal, admission.permission());
        }
    }

    private Proof proof(Exchange exchange, Admission.Rule rule) throws HttpProblem {
        Credentials credentials = exchange.credentials();
        try {
            return access.authenticator().authenticate(credentials);
        } catch (Unauthenticated e) {
            if (credentials.onlyCookie()) {
                // A browser sends what is over until it is told not to; and it must get at the login page.
                exchange.cookie("");
                if (rule == Admission.Rule.ANYBODY) {
                    return new Proof(Principal.NOBODY, null);
                }
            }
            throw unauthorized(exchange, String.valueOf(e.getMessage()));
        }
    }

    private HttpProblem unauthorized(Exchange exchange, String why) {
        access.audit()
                .refused(
                        "request-unauthenticated",
                        Principal.NOBODY,
                        exchange.address().getHostAddress(),
                        Map.of("reason", why, "request", exchange.toString()));
        return HttpProblem.unauthorized();
    }

    private void demand(Exchange exchange, Principal principal, Permission permission) throws HttpProblem {
        if (access.bindings().allow(principal, permission.role(), permission.namespace())) {
            return;
        }
        if (principal.kind() == Principal.Kind.NOBODY) {
            throw unauthorized(exchange, "no credentials");
        }
        String refusal = permission.refusal(principal);
        access.audit()
                .refused(
                        "request-forbidden",
                        principal,
                        exchange.address().getHostAddress(),
                        Map.of("reason", refusal, "request", exchange.toString()));
        throw HttpProblem.forbidden(refusal, permission);
    }
}
