package io.inmesh.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.client.translate.ConfigTranslator;
import io.inmesh.client.translate.InvalidResourceException;
import io.inmesh.client.translate.TrustTranslator;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.tls.Secret;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All resources accepted so far. Fed by both variants of the protocol; a resource that cannot be used leaves the one before in
 * place, and only that one.
 */
final class ResourceStore {

    /** Subscribed to in this order: trust first, then what others refer to. */
    private final Map<String, TypeState> types = new LinkedHashMap<>();

    ResourceStore() {
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
        for (Update.Item item : update.resources()) {
            try {
                String name = item.name() == null ? ResourceNames.of(update.typeUrl(), item.bytes()) : item.name();
                named.add(name);
                check(update.typeUrl(), name, item);
                String version = item.version().isEmpty() ? update.version() : item.version();
                type.accept(name, new TypeState.Accepted(version, item.bytes()));
            } catch (InvalidResourceException e) {
                problems.add(e.getMessage());
            }
        }
        update.removed().forEach(type::remove);
        if (update.complete()) {
            Set<String> gone = new HashSet<>(type.accepted().keySet());
            gone.removeAll(named);
            gone.forEach(type::remove);
        }
        String problem = problems.isEmpty() ? null : String.join("; ", problems);
        type.received(update.nonce(), problem == null ? update.version() : null);
        return problem;
    }

    private static void check(String typeUrl, String name, Update.Item item) {
        if (!typeUrl.equals(TypeUrls.SECRET)) {
            ConfigTranslator.check(typeUrl, name, item.bytes());
            return;
        }
        try {
            TrustTranslator.translate(Secret.parseFrom(item.bytes()), "any");
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResourceException(name, "", "cannot be read as a secret");
        }
    }

    /** {@return the names that an update would take away of what is in use, if it is a suspicious share of it} */
    static boolean shrinksTooMuch(TypeState type, Update update) {
        int known = type.size();
        if (known < 4) {
            return false;
        }
        int left;
        if (update.complete()) {
            left = update.resources().size();
        } else {
            left = known
                    - (int) update.removed().stream()
                            .filter(type.accepted()::containsKey)
                            .count();
        }
        return left * 2 < known;
    }
}
