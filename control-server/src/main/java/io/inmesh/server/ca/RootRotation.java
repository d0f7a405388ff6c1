package io.inmesh.server.ca;

import io.inmesh.server.ca.AuthorityKeeper.OvertakenException;
import io.inmesh.server.store.Engine.Guard;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the root of the mesh, one step at a time: {@link #add}, {@link #activate}, {@link #retire}. Every step is on disk before it
 * has any effect, and waits for what it needs, so that at no moment a process presents what another one does not trust. {@link #advance}
 * notes when a step's effect has reached everybody.
 */
public final class RootRotation {
    /** After a start, processes get that long to connect again before nobody is taken for everybody. */
    static final Duration SETTLING = TrustProgress.SETTLING;

    /** Roots in the trust bundle at the same time; a rotation needs two. */
    static final int MAX_BUNDLE = 4;

    private static final Logger LOG = LoggerFactory.getLogger(RootRotation.class);

    private final CertificateAuthority authority;
    private final TrustProgress progress;
    private final JoinTokens tokens;
    private final AuditLog audit;

    /** Says why a step is not taken, and what it waits for. Its message is for operators. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient List<String> missing;

        Refused(String message, List<String> missing) {
            super(message);
            this.missing = List.copyOf(missing);
        }

        /** {@return what it waits for, one text for each process; empty if waiting does not help} */
        public List<String> missing() {
            return missing;
        }
    }

    /**
     * A step that was taken.
     *
     * @param root how the root stands now
     * @param notes what else is worth knowing
     */
    public record Done(RootStatus root, List<String> notes) {}

    /**
     * Makes the steps of {@code authority}.
     *
     * @param processes every process that is connected here, or expected back and not connected to another server
     * @param bundleVersion version of the trust bundle as it is pushed now
     * @param others the other servers that are the same authority; they are to be told {@link #report}
     * @param tokens those handed out, each of which pins a root
     */
    public RootRotation(
            CertificateAuthority authority,
            Supplier<List<ProcessTrust>> processes,
            Supplier<String> bundleVersion,
            TrustReport.Source others,
            JoinTokens tokens,
            AuditLog audit,
            InstantSource clock) {
        this.authority = authority;
        this.progress = new TrustProgress(authority, processes, bundleVersion, others, clock);
        this.tokens = tokens;
        this.audit = audit;
    }

    /** {@return how the processes connected here stand, for the other servers; to be asked every few seconds. Waits for no step} */
    public TrustReport report() {
        return progress.report();
    }

    /** {@return all roots, oldest first} */
    public synchronized List<RootStatus> list() {
        return authority.rootSet().all().stream().map(this::status).toList();
    }

    /**
     * Adds a root to the trust bundle, which is pushed at once.
     *
     * @param pem a root made elsewhere with its intermediates and, if it is to sign, a private key; null to make one here
     * @param actor who asked for it
     * @throws Refused if it will not do, or there are too many already
     */
    public synchronized Done add(@Nullable String pem, String actor) throws Refused, IOException {
        if (authority.rootSet().bundle().size() >= MAX_BUNDLE) {
            throw new Refused(
                    "there are " + MAX_BUNDLE + " roots in the trust bundle already; retire one first", List.of());
        }
        SigningMaterial material = null;
        if (pem != null) {
            try {
                material = SigningMaterial.parse(pem, KeyCipher.NONE, "what was sent");
            } catch (IOException e) {
                throw new Refused(String.valueOf(e.getMessage()), List.of());
            }
            Optional<Root> known = authority.rootSet().get(Root.idOf(material.root()));
            if (known.isPresent()) {
                throw new Refused(
                        "root " + known.get().id() + " is here already, "
                                + known.get().state(),
                        List.of());
            }
        }
        audit.append("root-added", actor, Map.of("made", material == null ? "here" : "elsewhere"));
        Root staged;
        try {
            staged = authority.stage(material);
        } catch (OvertakenException e) {
            throw overtaken(e, "a new root", actor);
        } catch (IOException e) {
            if (material == null) {
                throw e;
            }
            throw new Refused(String.valueOf(e.getMessage()), List.of());
        }
        LOG.info("root {} is in the trust bundle", staged.id());
        List<String> notes = staged.signer() == null
                ? List.of("it has no key to sign with, so it can only be trusted, never active")
                : List.of();
        return new Done(status(staged), notes);
    }

    /**
     * Lets a root sign, once every process trusts it. Processes below the one before renew within a minute; that one stays trusted.
     *
     * @param id of the root, or enough of its beginning
     * @param force not to wait for anybody
     * @param actor who asked for it
     * @throws Refused if it cannot be active, or is not trusted by everybody yet
     */
    public synchronized Done activate(String id, boolean force, String actor) throws Refused, IOException {
        Root root = find(id);
        if (root.state() == RootState.ACTIVE) {
            return new Done(status(root), List.of("it has been active before"));
        }
        if (!root.state().inBundle()) {
            throw new Refused("root " + root.id() + " is " + root.state() + "; add another one", List.of());
        }
        if (root.signer() == null) {
            throw new Refused(
                    "root " + root.id() + " has no key to sign with; add it again with an intermediate and its key",
                    List.of());
        }
        List<String> missing = progress.unacknowledged();
        gate("root " + root.id() + " is not trusted by everybody yet", missing, force);
        record("root-activated", root, force, missing, actor);
        List<String> uncrossed;
        try {
            uncrossed = authority.activate(root);
        } catch (OvertakenException e) {
            throw overtaken(e, root.id(), actor);
        }
        LOG.info("certificates are issued below root {} from now on", root.id());
        List<String> notes = new ArrayList<>();
        for (String other : uncrossed) {
            notes.add("the key of root " + other
                    + " is not here: join tokens that pin it do not work any more, make new ones");
        }
        return new Done(status(find(root.id())), notes);
    }

    /**
     * Takes a root out of the trust bundle, once no process needs it.
     *
     * @param id of the root, or enough of its beginning
     * @param force not to wait for anybody; processes below that root are then cut off until they join again, and join tokens that pin it
     *     are revoked
     * @param actor who asked for it
     * @throws Refused if it is active, somebody still has a certificate below it, or join tokens that can still be used pin it
     */
    public synchronized Done retire(String id, boolean force, String actor) throws Refused, IOException {
        Root root = find(id);
        if (root.state() == RootState.ACTIVE) {
            throw new Refused("root " + root.id() + " is active; activate another one first", List.of());
        }
        if (!root.state().inBundle()) {
            return new Done(status(root), List.of("it has been retired before"));
        }
        List<String> missing = dependent(root);
        gate("root " + root.id() + " is still needed", missing, force);
        record("root-retired", root, force, missing, actor);
        try {
            authority.move(root, RootState.RETIRING, List.of());
        } catch (OvertakenException e) {
            throw overtaken(e, root.id(), actor);
        }
        int ended = tokens.end(root.id(), actor);
        LOG.info("root {} is not trusted any more", root.id());
        return new Done(
                status(find(root.id())),
                ended == 0
                        ? List.of()
                        : List.of(ended
                                + " join tokens that pinned it are revoked; make new ones with: meshctl token create"));
    }

    /** As the other, of the only server there is. */
    synchronized void advance() {
        advance(List.of());
    }

    /**
     * Notes which steps have reached everybody. To be called every few seconds, by one server only.
     *
     * @param fence what has to be so for this server to decide
     */
    public synchronized void advance(List<Guard> fence) {
        try {
            authority.forgetEarlier(fence);
        } catch (IOException e) {
            LOG.error("an intermediate that is not needed any more cannot be deleted; it is tried again", e);
        }
        for (Root root : authority.rootSet().all()) {
            RootState next = switch (root.state()) {
                case STAGED -> RootState.TRUSTED;
                case RETIRING -> RootState.GONE;
                default -> root.state();
            };
            if (root.state() == RootState.RETIRING) {
                // Made up for, if the server ended between the two.
                tokens.end(root.id(), "server");
            }
            if (next == root.state() || !progress.unacknowledged().isEmpty()) {
                continue;
            }
            String event = "root-" + next.name().toLowerCase(Locale.ROOT);
            try {
                audit.append(event, "server", Map.of("root", root.id()));
                authority.move(root, next, fence);
                LOG.info("root {} is {}", root.id(), next);
            } catch (OvertakenException e) {
                LOG.info("another control server decides when root {} becomes {}", root.id(), next);
                audit.append("step-not-taken", "server", Map.of("root", root.id(), "step", event));
                return;
            } catch (IOException | IllegalStateException e) {
                LOG.error("root {} could not become {}; it is tried again", root.id(), next, e);
            }
        }
    }

    /** The log has told of a step before it was taken, so it is told that it was not. */
    private Refused overtaken(OvertakenException e, String root, String actor) {
        audit.append("step-not-taken", actor, Map.of("root", root));
        return new Refused(String.valueOf(e.getMessage()), List.of());
    }

    private static void gate(String problem, List<String> missing, boolean force) throws Refused {
        if (!missing.isEmpty() && !force) {
            throw new Refused(problem + ": " + String.join("; ", missing), missing);
        }
    }

    private void record(String event, Root root, boolean force, List<String> missing, String actor) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("root", root.id());
        if (force) {
            facts.put("forced", "true");
            facts.put("without", String.join("; ", missing));
        }
        audit.append(event, actor, facts);
    }

    private Root find(String id) throws Refused {
        List<Root> found = authority.rootSet().all().stream()
                .filter(root -> !id.isEmpty() && root.id().startsWith(id))
                .toList();
        if (found.size() != 1) {
            throw new Refused(
                    (found.isEmpty() ? "there is no root " : "more than one root begins with ") + id
                            + "; list them with: meshctl ca root list",
                    List.of());
        }
        return found.get(0);
    }

    private RootStatus status(Root root) {
        Signer signer = root.signer();
        return new RootStatus(
                root.id(),
                root.state(),
                root.since(),
                root.certificate(),
                root.certificate().getPublicKey().getAlgorithm(),
                authority.hasRootKey(root),
                signer == null ? Optional.empty() : Optional.of(signer.notAfter()),
                switch (root.state()) {
                    case STAGED, RETIRING -> progress.unacknowledged();
                    case TRUSTED -> dependent(root);
                    default -> List.of();
                });
    }

    /** Who could not prove himself without a root, or does not trust what would be left. */
    private List<String> dependent(Root root) {
        List<String> missing = new ArrayList<>(progress.dependent(root));
        missing.addAll(tokens.needing(root.id()));
        return missing;
    }
}
