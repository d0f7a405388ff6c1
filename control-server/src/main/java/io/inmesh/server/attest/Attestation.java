package io.inmesh.server.attest;

import io.inmesh.server.ca.Attestor;
import io.inmesh.server.fetch.BoundedHttp;
import io.inmesh.server.fetch.CaFile;
import io.inmesh.server.fetch.ServerUrl;
import io.inmesh.server.jwks.KeyPlace;
import io.inmesh.server.jwks.SigningKeys;
import io.inmesh.server.settings.Section;
import io.inmesh.server.store.KeyValueTable;
import io.inmesh.server.time.SteadyClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads the section {@code attestation} of the settings file and makes what it describes.
 *
 * <pre>
 * attestation:
 *   kubernetes:
 *     issuer: https://kubernetes.default.svc.cluster.local
 *     audience: inmesh-ca                     # the default
 *     jwksUri: https://10.0.0.1/openid/v1/jwks  # or jwksFile, or jwks, or tokenReview
 *     caFile: /etc/kubernetes/ca.crt
 *     tokenReview: {url: https://10.0.0.1, caFile: ca.crt, tokenFile: /var/run/.../token}
 *     oneTime: false
 *   oidc:
 *   - issuer: https://token.actions.githubusercontent.com
 *     audiences: [inmesh-ca]
 *     jwksUri: https://token.actions.githubusercontent.com/.well-known/jwks
 *     oneTime: true
 *     rules:
 *     - {claims: {repository: "acme/shop", ref: refs/heads/main}, namespace: shop, serviceAccount: deployer}
 * </pre>
 */
public final class Attestation {
    /** Audience of tokens for this server unless the settings name another one. */
    public static final String DEFAULT_AUDIENCE = "inmesh-ca";

    private final String trustDomain;
    private final InstantSource clock;
    private final List<Function<UseOnce, Attestor>> makers = new ArrayList<>();

    private Attestation(String trustDomain, InstantSource clock) {
        this.trustDomain = trustDomain;
        this.clock = clock;
    }

    /**
     * {@return what the section describes}
     *
     * @param section {@code attestation}; without fields nobody can join by a token of somebody else
     */
    public static Attestation read(Section section, String trustDomain, InstantSource clock) {
        Attestation attestation = new Attestation(trustDomain, clock);
        attestation.add(section);
        return attestation;
    }

    /**
     * {@return the attestors, to be asked in order}
     *
     * @param first the one for the mesh's own tokens
     * @param table remembers tokens that can be used once only
     */
    public List<Attestor> attestors(Attestor first, KeyValueTable table) {
        SeenTokens seen = new SeenTokens(table, clock);
        List<Attestor> attestors = new ArrayList<>(List.of(first));
        makers.forEach(maker -> attestors.add(maker.apply(seen)));
        attestors.add(new UnknownIssuer());
        return attestors;
    }

    private void add(Section section) {
        Set<String> issuers = new HashSet<>();
        if (section.has("kubernetes")) {
            Section kubernetes = section.section("kubernetes");
            issuers.add(kubernetes.text("issuer"));
            makers.add(kubernetes(kubernetes));
        }
        for (Section oidc : section.sections("oidc")) {
            if (!issuers.add(oidc.text("issuer"))) {
                throw oidc.fault("issuer", "is there twice; write its rules in one place");
            }
            makers.add(oidc(oidc));
        }
    }

    private Function<UseOnce, Attestor> kubernetes(Section section) {
        String issuer = section.text("issuer");
        String audience = section.text("audience", DEFAULT_AUDIENCE);
        boolean oneTime = section.flag("oneTime", false);
        if (!section.has("tokenReview")) {
            JwtVerifier verifier = new JwtVerifier(issuer, Set.of(audience), keys(section, issuer), clock);
            return seen -> new KubernetesAttestor(
                    issuer, trustDomain, KubernetesAttestor.byKeys(verifier, oneTime ? seen : UseOnce.NEVER_COUNTED));
        }
        if (oneTime || keyFields(section).isPresent()) {
            throw section.fault(
                    "tokenReview", "asks the API server about tokens; leave out oneTime, jwks, jwksFile and jwksUri");
        }
        Section review = section.section("tokenReview");
        Path tokenFile = review.file("tokenFile")
                .orElseThrow(() ->
                        review.fault("tokenFile", "is missing: name the file with the token that this server shows"));
        TokenReview judge = new TokenReview(
                new BoundedHttp(CaFile.read(review)), ServerUrl.read(review, "url"), tokenFile, audience);
        return seen -> new KubernetesAttestor(issuer, trustDomain, judge);
    }

    private Function<UseOnce, Attestor> oidc(Section section) {
        String issuer = section.text("issuer");
        List<String> audiences = section.texts("audiences");
        if (audiences.isEmpty()) {
            throw section.fault(
                    "audiences",
                    "is missing; without it a token for anybody else would do here. Let tokens be made for "
                            + DEFAULT_AUDIENCE);
        }
        List<IdentityRule> rules =
                section.sections("rules").stream().map(IdentityRule::read).toList();
        if (rules.isEmpty()) {
            throw section.fault("rules", "is missing; say which claims stand for which identity");
        }
        JwtVerifier verifier = new JwtVerifier(issuer, Set.copyOf(audiences), keys(section, issuer), clock);
        boolean oneTime = section.flag("oneTime", false);
        return seen -> new OidcAttestor(issuer, trustDomain, verifier, oneTime ? seen : UseOnce.NEVER_COUNTED, rules);
    }

    private SigningKeys keys(Section section, String issuer) {
        String field = keyFields(section)
                .orElseThrow(() -> section.fault(
                        "jwksUri", "is missing: say where the issuer's keys are (jwksUri, jwksFile or jwks)"));
        return new SigningKeys(issuer, place(section, field), SteadyClock.system());
    }

    private static Optional<String> keyFields(Section section) {
        List<String> given = List.of("jwksUri", "jwksFile", "jwks").stream()
                .filter(section::has)
                .toList();
        if (given.size() > 1) {
            throw section.fault(
                    given.get(0), "and " + given.get(1) + " cannot stand together; name one place for keys");
        }
        return given.stream().findFirst();
    }

    private static KeyPlace place(Section section, String field) {
        switch (field) {
            case "jwksUri" -> {
                return KeyPlace.url(ServerUrl.read(section, field), CaFile.read(section));
            }
            case "jwksFile" -> {
                return checked(section, field, KeyPlace.file(section.file(field).orElseThrow()));
            }
            default -> {
                String inline = section.text(field);
                return checked(section, field, () -> inline);
            }
        }
    }

    /** What is on this machine can be judged at start; what is elsewhere may be away for a while. */
    private static KeyPlace checked(Section section, String field, KeyPlace place) {
        try {
            place.check();
            return place;
        } catch (IOException e) {
            throw section.fault(field, "holds no JWK set that can be used: " + e.getMessage());
        }
    }
}
