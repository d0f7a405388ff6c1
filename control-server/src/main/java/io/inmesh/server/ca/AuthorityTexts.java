package io.inmesh.server.ca;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.AuthorityStore.Copy;
import io.inmesh.server.ca.Certificates.Issuer;
import io.inmesh.server.store.Engine.Guard;
import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The authority's keys and certificates as texts, and a change of them that has no effect until {@link #commit}:
 *
 * <ul>
 *   <li>{@code authority.json}: which roots there are and how far each has come. Texts of roots that are not in it do not count
 *   <li>{@code roots/<id>/root.crt}, {@code root.key}: a root. The key may be kept elsewhere; it is needed only to renew the intermediate
 *       and to sign crosses
 *   <li>{@code roots/<id>/signer.pem}: the key that signs workloads, then its certificates. One text, so that they are never of two
 *   <li>{@code roots/<id>/earlier/<end>.pem}: those before, see {@link EarlierSigners}
 *   <li>{@code roots/<id>/crosses.crt}: certificates for this root by other roots
 * </ul>
 *
 * For one thread.
 */
final class AuthorityTexts {
    /** The text that says which roots there are. */
    static final String STATE = "authority.json";

    private static final String ROOT = "root.crt";
    private static final String ROOT_KEY = "root.key";
    private static final String SIGNER = "signer.pem";
    private static final String CROSSES = "crosses.crt";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AuthorityStore store;
    private final Copy copy;
    private final Map<String, Optional<String>> changes = new LinkedHashMap<>();

    /** Begins a change of what {@code copy} holds. */
    AuthorityTexts(AuthorityStore store, Copy copy) {
        this.store = store;
        this.copy = copy;
    }

    /**
     * Makes the change.
     *
     * @return what there is then; empty if somebody else was quicker, or the fence does not hold
     */
    Optional<Copy> commit(List<Guard> fence) throws IOException {
        return changes.isEmpty() ? Optional.of(copy) : store.change(copy, changes, fence);
    }

    Optional<String> text(String name) throws IOException {
        Optional<String> change = changes.get(name);
        return change == null ? copy.text(name) : change;
    }

    void put(String name, String text) {
        changes.put(name, Optional.of(text));
    }

    void remove(String name) {
        changes.put(name, Optional.empty());
    }

    /** {@return names of the texts right below a folder, as they would be after the change} */
    List<String> names(String folder) throws IOException {
        List<String> names = new ArrayList<>(copy.names(folder));
        changes.forEach((name, text) -> {
            names.remove(name);
            if (text.isPresent() && name.startsWith(folder + "/")) {
                names.add(name);
            }
        });
        return names;
    }

    /** {@return the same texts, as they were laid out before there could be several roots} */
    EarlierLayout earlierLayout() {
        return new EarlierLayout(this);
    }

    /** {@return every root, those that are gone included, oldest first; empty on the very first start} */
    List<Root> roots() throws IOException {
        List<Root> roots = new ArrayList<>();
        Optional<String> state = text(STATE);
        if (state.isEmpty()) {
            return roots;
        }
        try {
            JsonNode listed = JSON.readTree(state.get()).path("roots");
            if (!listed.isArray()) {
                // Taken for the very first start, another authority would be founded, which nobody trusts.
                throw new IOException(store.place(STATE) + " lists no roots; restore it from a backup");
            }
            for (JsonNode node : listed) {
                roots.add(load(
                        node.path("id").asText(),
                        RootState.valueOf(node.path("state").asText().toUpperCase(Locale.ROOT)),
                        Instant.parse(node.path("since").asText())));
            }
        } catch (com.fasterxml.jackson.core.JsonProcessingException | RuntimeException e) {
            throw new IOException(
                    store.place(STATE) + " cannot be read (" + e.getMessage() + "); restore it from a backup", e);
        }
        return roots;
    }

    private Root load(String id, RootState state, Instant since) throws IOException {
        String name = place(id) + ROOT;
        X509Certificate certificate = certificates(name).stream()
                .findFirst()
                .orElseThrow(() -> new IOException(store.place(name) + " is missing; restore it from a backup"));
        if (!Root.idOf(certificate).equals(id)) {
            throw new IOException(store.place(name) + " is another root than " + id + "; restore it from a backup");
        }
        String signer = place(id) + SIGNER;
        return new Root(
                id,
                state,
                since,
                certificate,
                state != RootState.GONE && text(signer).isPresent() ? signer(signer) : null,
                certificates(place(id) + CROSSES));
    }

    /** A key that signs, or signed, workloads, with its certificates. */
    Signer signer(String name) throws IOException {
        PrivateKey key = key(name)
                .orElseThrow(() -> new IOException(store.place(name) + " is missing; restore it from a backup"));
        return new Signer(certificates(name), key);
    }

    /** {@return the first private key in a text; empty if there is no such text} */
    Optional<PrivateKey> key(String name) throws IOException {
        Optional<String> text = text(name);
        return text.isPresent() ? Optional.of(store.cipher().decode(text.get(), store.place(name))) : Optional.empty();
    }

    /** Where the signers before that of a root are. */
    static String earlier(String id) {
        return place(id) + "earlier";
    }

    void storeSigner(String id, Signer signer) {
        store(place(id) + SIGNER, signer);
    }

    /** Writes a key with its certificates. */
    void store(String name, Signer signer) {
        put(name, store.cipher().encode(signer.key()) + Pem.encode(signer.chain()));
    }

    /** Makes {@code roots} what {@link #roots} gives. */
    void state(List<Root> roots) {
        ObjectNode state = JSON.createObjectNode().put("format", 1);
        ArrayNode list = state.putArray("roots");
        roots.forEach(root -> list.addObject()
                .put("id", root.id())
                .put("state", root.state().name().toLowerCase(Locale.ROOT))
                .put("since", root.since().toString()));
        put(STATE, state.toPrettyString() + "\n");
    }

    void storeRoot(X509Certificate certificate, @Nullable PrivateKey key) {
        String place = place(Root.idOf(certificate));
        if (key != null) {
            put(place + ROOT_KEY, store.cipher().encode(key));
        }
        put(place + ROOT, Pem.encode(certificate));
    }

    void storeCrosses(String id, List<X509Certificate> crosses) {
        put(place(id) + CROSSES, Pem.encode(crosses));
    }

    /**
     * A root with its key; empty if the key is kept elsewhere.
     *
     * @throws IOException if what is here is not its key: nobody could verify what that signs
     */
    Optional<Issuer> issuer(Root root) throws IOException {
        String name = rootKey(root.id());
        Optional<PrivateKey> key = key(name);
        if (key.isPresent()
                && !SigningMaterial.belongs(key.get(), root.certificate().getPublicKey())) {
            throw new IOException(store.place(name) + " is not the key of that root's certificate");
        }
        return key.map(found -> new Issuer(root.certificate(), found));
    }

    /** {@return whether a root's key is here} */
    boolean hasRootKey(String id) throws IOException {
        return names("roots/" + id).contains(rootKey(id));
    }

    /** What the key of a root is called. */
    static String rootKey(String id) {
        return place(id) + ROOT_KEY;
    }

    /** Removes all keys of a root; its certificates stay, as what was trusted once. */
    void deleteKeys(String id) throws IOException {
        for (String name : keys(id)) {
            remove(name);
        }
    }

    /**
     * Encrypts keys that are not yet, if there is a passphrase, but for a root's that cannot be read ({@link RootKeys} says so).
     *
     * @return how many texts are changed
     */
    int encryptKeys(List<Root> roots) throws IOException {
        int changed = 0;
        for (Root root : roots) {
            for (String name : store.cipher().encrypts() ? keys(root.id()) : List.<String>of()) {
                if (encryptKey(name, name.equals(rootKey(root.id())))) {
                    changed++;
                }
            }
        }
        return changed;
    }

    private boolean encryptKey(String name, boolean ofRoot) throws IOException {
        try {
            String text = text(name).orElse("");
            if (KeyCipher.encrypted(text)) {
                return false;
            }
            PrivateKey key = store.cipher().decode(text, store.place(name));
            put(name, store.cipher().encode(key) + Pem.encode(certificates(name)));
            return true;
        } catch (SecretFiles.ExposedException e) {
            throw e;
        } catch (IOException e) {
            if (ofRoot) {
                return false;
            }
            throw e;
        }
    }

    /** {@return names of the texts of a root that hold keys and are there} */
    private List<String> keys(String id) throws IOException {
        List<String> keys = new ArrayList<>(names(earlier(id)));
        for (String name : names("roots/" + id)) {
            if (name.endsWith("/" + ROOT_KEY) || name.endsWith("/" + SIGNER)) {
                keys.add(name);
            }
        }
        return keys;
    }

    private static String place(String id) {
        return "roots/" + id + "/";
    }

    /** {@return the certificates in a text, in order; none if it is not there} */
    List<X509Certificate> certificates(String name) throws IOException {
        try {
            return Pem.certificates(text(name).orElse(""));
        } catch (CertificateException e) {
            throw new IOException(store.place(name) + " holds no PEM certificates: " + e.getMessage(), e);
        }
    }
}
