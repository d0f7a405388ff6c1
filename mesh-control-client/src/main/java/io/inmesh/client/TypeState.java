package io.inmesh.client;

import io.inmesh.client.translate.Resource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is known of one type of resource: names asked for, resources accepted, and where the stream stands. */
final class TypeState {

    /**
     * A resource as it was accepted last.
     *
     * @param version version the server gave it
     * @param resource the resource
     */
    record Accepted(String version, Resource resource) {}

    private final String typeUrl;
    private final boolean wildcard;
    // Sorted, so that equal resources make equal configs.
    private final SortedMap<String, Accepted> accepted = new TreeMap<>();
    private final Set<String> wanted = new TreeSet<>();
    // Names without resource of which the server has told something: that there is none, or one that was refused.
    private final Set<String> answered = new HashSet<>();
    private final Set<String> refused = new HashSet<>();
    /** Names of resources that the stream of now has brought. */
    private final Set<String> shown = new HashSet<>();

    private String version = "";
    private String nonce = "";
    private boolean received;

    TypeState(String typeUrl, boolean wildcard) {
        this.typeUrl = typeUrl;
        this.wildcard = wildcard;
    }

    String typeUrl() {
        return typeUrl;
    }

    /** {@return the type in a word, for logs and status} */
    String shortName() {
        return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
    }

    /** {@return whether everything of this type is subscribed to, rather than names} */
    boolean wildcard() {
        return wildcard;
    }

    Set<String> wanted() {
        return wanted;
    }

    /**
     * Changes the names asked for; what is no longer asked for is forgotten.
     *
     * @return whether they changed
     */
    boolean want(Set<String> names) {
        if (wanted.equals(names)) {
            return false;
        }
        wanted.clear();
        wanted.addAll(names);
        answered.retainAll(names);
        refused.retainAll(names);
        accepted.keySet().retainAll(names);
        shown.retainAll(names);
        return true;
    }

    void accept(Accepted resource) {
        String name = resource.resource().name();
        accepted.put(name, resource);
        shown.add(name);
        answered.remove(name);
        refused.remove(name);
    }

    /** Notes that a resource was refused; that it is known to the server counts as an answer, and what was there before stays. */
    void refuse(String name) {
        if (!wildcard) {
            answered.add(name);
        }
        refused.add(name);
    }

    /** {@return whether the last that was sent of a resource was refused} */
    boolean refused(String name) {
        return refused.contains(name);
    }

    /** Notes that a resource does not exist. */
    void remove(String name) {
        accepted.remove(name);
        refused.remove(name);
        if (!wildcard) {
            answered.add(name);
        }
    }

    /** {@return names asked for that have no answer yet: neither a resource, nor that there is none, nor a refused one} */
    Set<String> unanswered() {
        Set<String> names = new TreeSet<>();
        if (wildcard) {
            if (!received && accepted.isEmpty()) {
                names.add("*");
            }
            return names;
        }
        for (String name : wanted) {
            if (!accepted.containsKey(name) && !answered.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    @Nullable
    Accepted find(String name) {
        return accepted.get(name);
    }

    Collection<Accepted> accepted() {
        return accepted.values();
    }

    /** {@return names of what was accepted} */
    Set<String> names() {
        return Set.copyOf(accepted.keySet());
    }

    Map<String, String> versions() {
        Map<String, String> versions = new HashMap<>();
        accepted.forEach((name, resource) -> versions.put(name, resource.version()));
        return versions;
    }

    /** {@return whether the stream of now has brought this resource; one that is known from before and has not changed need not come} */
    boolean shown(String name) {
        return shown.contains(name);
    }

    /** A new stream begins: nonces of the old one mean nothing on it. */
    void newStream() {
        nonce = "";
        shown.clear();
    }

    /**
     * Notes a response.
     *
     * @param newNonce to be echoed
     * @param acceptedVersion version of the whole, null if part of it was refused
     */
    void received(String newNonce, @Nullable String acceptedVersion) {
        received = true;
        nonce = newNonce;
        if (acceptedVersion != null) {
            version = acceptedVersion;
        }
    }

    String nonce() {
        return nonce;
    }

    String version() {
        return version;
    }
}
