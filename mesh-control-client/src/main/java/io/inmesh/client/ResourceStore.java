package io.inmesh.client;

import io.inmesh.client.translate.ConfigAssembler;
import io.inmesh.client.translate.InvalidResourceException;
import io.inmesh.client.translate.Resource;
import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.client.translate.Translated;
import io.inmesh.client.translate.TrustTranslator;
import io.inmesh.xds.TypeUrls;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All resources accepted so far. Fed by both variants of the protocol; a resource that cannot be used leaves the one before in
 * place, and only that one.
 */
final class ResourceStore implements ConfigAssembler.Resources, ShrinkGuard.Shown {

    /** Bytes of a config's name; enough to tell configs apart, short enough to read. */
    private static final int VERSION_BYTES = 6;

    /** Subscribed to in this order: trust first, then what others refer to. */
    private final Map<String, TypeState> types = new LinkedHashMap<>();

    private final Set<String> refusedInbound = new HashSet<>();
    /** Those of them that the stream of now has brought. */
    private final Set<String> refusedNow = new HashSet<>();

    /** Clusters whose endpoints are asked for; null for all. */
    private final @Nullable Set<String> called;

    /**
     * Makes an empty store.
     *
     * @param onDemand whether only endpoints of clusters that were called are asked for
     */
    ResourceStore(boolean onDemand) {
        called = onDemand ? new HashSet<>() : null;
        for (String typeUrl :
                List.of(TypeUrls.SECRET, TypeUrls.CLUSTER, TypeUrls.ENDPOINT, TypeUrls.LISTENER, TypeUrls.ROUTE)) {
            boolean wildcard = typeUrl.equals(TypeUrls.CLUSTER) || typeUrl.equals(TypeUrls.LISTENER);
            types.put(typeUrl, new TypeState(typeUrl, wildcard));
        }
        type(TypeUrls.SECRET).want(Set.of(TrustTranslator.SECRET));
    }

    Collection<TypeState> types() {
        return types.values();
    }

    TypeState type(String typeUrl) {
        TypeState type = types.get(typeUrl);
        if (type == null) {
            throw new IllegalArgumentException("type " + typeUrl + " is not subscribed to");
        }
        return type;
    }

    boolean knows(String typeUrl) {
        return types.containsKey(typeUrl);
    }

    /**
     * Takes what a response says.
     *
     * @return what was wrong, null if all of it was accepted
     */
    @Nullable
    String apply(Update update) {
        TypeState type = type(update.typeUrl());
        List<String> problems = new ArrayList<>();
        Set<String> named = new HashSet<>();
        boolean nameless = false;
        for (Update.Item item : update.resources()) {
            String name = item.name();
            try {
                Resource resource = ResourceTranslator.translate(update.typeUrl(), name, item.bytes());
                name = resource.name();
                String version = item.version().isEmpty() ? update.version() : item.version();
                type.accept(new TypeState.Accepted(version, resource));
                allowed(type, name);
            } catch (InvalidResourceException e) {
                problems.add(String.valueOf(e.getMessage()));
                name = name == null ? ResourceTranslator.nameOf(update.typeUrl(), item.bytes()) : name;
                refused(type, name, item);
            }
            nameless |= name == null;
            if (name != null) {
                named.add(name);
            }
        }
        update.removed().forEach(name -> remove(type, name));
        // What cannot even be named may be any of those that seem to be missing.
        if (update.complete() && !nameless) {
            type.names().stream().filter(name -> !named.contains(name)).forEach(name -> remove(type, name));
            if (type.typeUrl().equals(TypeUrls.LISTENER)) {
                refusedInbound.retainAll(named);
                refusedNow.retainAll(named);
            }
        }
        String problem = problems.isEmpty() ? null : String.join("; ", problems);
        type.received(update.nonce(), problem == null ? update.version() : null);
        return problem;
    }

    private void refused(TypeState type, @Nullable String name, Update.Item item) {
        if (name != null) {
            type.refuse(name);
        }
        if (type.typeUrl().equals(TypeUrls.LISTENER) && ResourceTranslator.maybeInbound(item.bytes())) {
            refusedInbound.add(name == null ? "" : name);
            refusedNow.add(name == null ? "" : name);
        }
    }

    /** Resources of other types say nothing about who may call, whatever their names are. */
    private void allowed(TypeState type, String name) {
        if (type.typeUrl().equals(TypeUrls.LISTENER)) {
            refusedInbound.remove(name);
            refusedNow.remove(name);
        }
    }

    private void remove(TypeState type, String name) {
        type.remove(name);
        allowed(type, name);
    }

    /** A new stream begins: what was brought before, or refused, is not its word. */
    void newStream() {
        types.values().forEach(TypeState::newStream);
        refusedNow.clear();
    }

    /** Takes a resource of the last good state. */
    void restore(Resource resource, String version) {
        type(resource.typeUrl()).accept(new TypeState.Accepted(version, resource));
    }

    @Override
    public Collection<Resource> of(String typeUrl) {
        return type(typeUrl).accepted().stream()
                .map(TypeState.Accepted::resource)
                .toList();
    }

    @Override
    public @Nullable Resource find(String typeUrl, String name) {
        TypeState.Accepted accepted = type(typeUrl).find(name);
        return accepted == null ? null : accepted.resource();
    }

    @Override
    public boolean wanted(String cluster) {
        return called == null || called.contains(cluster);
    }

    /** {@return whether the endpoints of a cluster are asked for from now on that were not before} */
    boolean want(String cluster) {
        return called != null && called.add(cluster);
    }

    /** Goes on asking for all endpoints that are known, as those of the last good state. */
    void wantKnown() {
        for (Resource resource : of(TypeUrls.CLUSTER)) {
            String endpoints = ((Translated.Cluster) resource.meaning()).endpoints();
            if (endpoints != null && find(TypeUrls.ENDPOINT, endpoints) != null) {
                want(resource.name());
            }
        }
    }

    @Override
    public boolean inboundRefused() {
        return !refusedInbound.isEmpty();
    }

    @Override
    public boolean cluster(String name) {
        return type(TypeUrls.CLUSTER).shown(name);
    }

    @Override
    public boolean endpoints(String cluster) {
        Resource resource = find(TypeUrls.CLUSTER, cluster);
        String name = resource == null ? null : ((Translated.Cluster) resource.meaning()).endpoints();
        return name == null ? cluster(cluster) : type(TypeUrls.ENDPOINT).shown(name);
    }

    @Override
    public boolean inbound() {
        TypeState listeners = type(TypeUrls.LISTENER);
        return !refusedNow.isEmpty()
                || listeners.accepted().stream()
                        .map(TypeState.Accepted::resource)
                        .anyMatch(resource ->
                                resource.meaning() instanceof Translated.Inbound && listeners.shown(resource.name()));
    }

    /** {@return a name for what is here now: equal resources of equal versions have equal names, in every process} */
    String version() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        for (TypeState type : types.values()) {
            for (TypeState.Accepted accepted : type.accepted()) {
                Resource resource = accepted.resource();
                digest.update((type.typeUrl() + '\0' + resource.name() + '\0').getBytes(StandardCharsets.UTF_8));
                // A hash that the bytes keep: resources that did not change are not read again.
                digest.update(ByteBuffer.allocate(4)
                        .putInt(resource.bytes().hashCode())
                        .flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
    }
}
