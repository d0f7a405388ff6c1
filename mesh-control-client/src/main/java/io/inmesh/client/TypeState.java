package io.inmesh.client;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is known of one type of resource: names asked for, resources accepted, and where the stream stands. */
final class TypeState {

    /** A resource as it was accepted last. */
    record Accepted(String version, ByteString bytes) {}

    private final String typeUrl;
    private final boolean wildcard;
    private final Map<String, Accepted> accepted = new HashMap<>();
    private final Set<String> wanted = new TreeSet<>();
    private final Set<String> absent = new TreeSet<>();
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

    /** {@return whether everything of this type is subscribed to, rather than names} */
    boolean wildcard() {
        return wildcard;
    }

    Set<String> wanted() {
        return wanted;
    }

    /**
     * Changes the names asked for.
     *
     * @return whether they changed
     */
    boolean want(Set<String> names) {
        if (wanted.equals(names)) {
            return false;
        }
        wanted.clear();
        wanted.addAll(names);
        absent.retainAll(names);
        if (!wildcard) {
            accepted.keySet().retainAll(names);
        }
        return true;
    }

    void accept(String name, Accepted resource) {
        accepted.put(name, resource);
        absent.remove(name);
    }

    void remove(String name) {
        accepted.remove(name);
        if (wanted.contains(name)) {
            absent.add(name);
        }
    }

    /** {@return whether every name asked for has an answer: the resource, or that there is none} */
    boolean complete() {
        if (wildcard) {
            return received || !accepted.isEmpty();
        }
        for (String name : wanted) {
            if (!accepted.containsKey(name) && !absent.contains(name)) {
                return false;
            }
        }
        return true;
    }

    int size() {
        return accepted.size();
    }

    Map<String, Accepted> accepted() {
        return accepted;
    }

    Map<String, ByteString> bytes() {
        Map<String, ByteString> bytes = new HashMap<>();
        accepted.forEach((name, resource) -> bytes.put(name, resource.bytes()));
        return bytes;
    }

    Map<String, String> versions() {
        Map<String, String> versions = new HashMap<>();
        accepted.forEach((name, resource) -> versions.put(name, resource.version()));
        return versions;
    }

    /** A new stream begins: nonces of the old one mean nothing on it. */
    void newStream() {
        nonce = "";
    }

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
