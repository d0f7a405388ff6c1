package io.inmesh.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds the addresses of host names among endpoints ({@code ServiceEntry} with resolution {@code DNS} or {@code DNS_ROUND_ROBIN}).
 *
 * <p>Called on daemon threads of the control client, never on a thread that makes a call, at most once at a time for one name. It may
 * block. The control client asks again after the cluster's refresh interval and keeps the last good answer meanwhile, so that an
 * implementation needs no cache of its own.
 */
@FunctionalInterface
public interface NameResolver {

    /**
     * The JDK's resolver. It does not tell how long an answer lives, so the refresh interval of the cluster decides; and it keeps
     * answers itself, for 30 s unless the security property {@code networkaddress.cache.ttl} says otherwise, so that asking more often
     * gives nothing new.
     */
    NameResolver JDK = host -> List.of(InetAddress.getAllByName(host));

    /**
     * {@return the addresses of a name, in the order to prefer them; none counts as a failure}
     *
     * @param host a host name, never an IP address
     * @throws UnknownHostException if there are none, or it cannot be found out
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;
}
