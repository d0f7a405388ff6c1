package io.inmesh.server.ads;

import io.inmesh.server.ca.Caller;
import io.inmesh.server.model.ForeignText;
import io.inmesh.xds.TypeUrls;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The types that one client subscribes to, in the order of {@link PushOrder}. Not safe for use by several threads. */
final class Subscriptions {

    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
    private static final int MAX_TYPES = 64;
    private static final int MAX_TYPE_CHARACTERS = 256;
    /** What a name may take on average, with what a client says to have; real ones take half of it. */
    private static final long MEAN_SIZE = 512;

    private final Caller client;
    private final int maxNames;
    private final NamesBudget.Share share;
    private final InstantSource clock;
    private final SortedMap<String, Delivered> types = new TreeMap<>(PushOrder.ADDITIONS);

    /**
     * Begins with none.
     *
     * @param client who it is, for logs
     * @param maxNames names that it may subscribe to of each type
     * @param budget has to grant what its names take
     */
    Subscriptions(Caller client, int maxNames, NamesBudget budget, InstantSource clock) {
        this.client = client;
        this.maxNames = maxNames;
        this.share = budget.shareOf(client);
        this.clock = clock;
    }

    /**
     * {@return what the client subscribes to of a type, nothing at first}
     *
     * @throws ClientNode.Refused if there are too many types, or this cannot be one
     */
    Delivered of(String typeUrl) throws ClientNode.Refused {
        Delivered known = types.get(typeUrl);
        if (known != null) {
            return known;
        }
        if (typeUrl.isEmpty()) {
            throw new ClientNode.Refused(
                    "a request on an aggregated stream has to say which type it is about (type_url)");
        }
        if (typeUrl.length() > MAX_TYPE_CHARACTERS) {
            throw new ClientNode.Refused("a type URL has at most " + MAX_TYPE_CHARACTERS + " characters");
        }
        if (types.size() >= MAX_TYPES) {
            throw new ClientNode.Refused("a stream cannot subscribe to more than " + MAX_TYPES + " types");
        }
        if (!PushOrder.served(typeUrl)) {
            LOG.info("{} asks for {}, of which there is nothing", client, ForeignText.clean(typeUrl));
        }
        Delivered fresh = new Delivered(new TypeState(typeUrl, maxNames), new Delivery(clock.instant()));
        types.put(typeUrl, fresh);
        return fresh;
    }

    /**
     * Checks what names take, of all types together.
     *
     * @throws ClientNode.Refused if it is too much
     */
    void check(TypeState changed) throws ClientNode.Refused {
        if (changed.tooManyNames()) {
            throw new ClientNode.Refused("too many names subscribed to of " + ForeignText.clean(changed.typeUrl()));
        }
        long size =
                types.values().stream().mapToLong(type -> type.state().size()).sum();
        if (size > MEAN_SIZE * maxNames) {
            throw new ClientNode.Refused("the names that are subscribed to, of all types, are too long together: "
                    + MEAN_SIZE + " bytes for each of " + maxNames + " (limits.namesPerType)");
        }
        if (!share.become(size)) {
            throw new ClientNode.Refused(
                    "the names that are subscribed to by all streams of this client take too much of"
                            + " the server's memory; subscribe to fewer, or give the server more");
        }
    }

    /** Nobody subscribes to these any more. */
    void ended() {
        share.become(0);
    }

    /** {@return all types, those first that others refer to} */
    Collection<Delivered> all() {
        return types.values();
    }

    /** {@return all types, those last that others refer to} */
    List<Delivered> referrersFirst() {
        List<Delivered> lastFirst = new ArrayList<>(types.values());
        Collections.reverse(lastFirst);
        return lastFirst;
    }

    /** {@return whether the client goes on with an older resource that may refer to what is gone} */
    boolean referrerRejected() {
        return types.values().stream()
                .anyMatch(type -> PushOrder.referrer(type.state().typeUrl())
                        && type.delivery().rejected());
    }

    /** {@return where each type stands that the client wants something of} */
    List<TypeStatus> statuses() {
        return types.values().stream()
                .filter(type -> type.state().subscribed())
                .map(type -> type.delivery().status(type.state().typeUrl()))
                .toList();
    }

    /**
     * {@return the clusters of an update that the client has and, being Envoy, makes anew} It uses such a cluster once it is sent its
     * endpoints, for which it does not ask again (envoyproxy/envoy#13009): without them it goes on with the old one for 15 s, and then
     * maybe with none.
     */
    static Set<String> rebuilt(TypeState state, Update update) {
        Set<String> rebuilt = new HashSet<>();
        if (state.typeUrl().equals(TypeUrls.CLUSTER)) {
            update.changed().stream()
                    .map(resource -> resource.name())
                    .filter(name -> state.version(name).isPresent())
                    .forEach(rebuilt::add);
        }
        return rebuilt;
    }

    /** Has the client sent the endpoints of these clusters once more, also if it has yet to ask for them on this stream. */
    void repeatEndpoints(Set<String> clusters) {
        Delivered endpoints = types.get(TypeUrls.ENDPOINT);
        if (endpoints != null) {
            endpoints.state().repeat(clusters);
        }
    }
}
