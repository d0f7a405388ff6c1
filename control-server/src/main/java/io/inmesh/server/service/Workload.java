package io.inmesh.server.service;

import java.util.Comparator;
import java.util.Map;
import java.util.OptionalInt;

/**
 * One running copy of something: a WorkloadEntry, an inline endpoint of a ServiceEntry, a process that registered itself, or what another registry
 * names.
 *
 * @param namespace where it lives
 * @param name what it is called; copies of one program may share it
 * @param id unique in the namespace
 * @param labels what selectors and subsets look at
 * @param address an IP address, or a host name if its service is resolved by DNS
 * @param ports port on the workload by service port name, or by service port number written as text
 * @param locality where it runs
 * @param weight its share of calls within its locality, from 1 to 2^32-1
 * @param serviceAccount the service account it runs as; empty means {@code default}
 * @param health what it last said about itself
 * @param meshTls whether it can speak the mesh's mutual TLS
 */
public record Workload(
        String namespace,
        String name,
        String id,
        Map<String, String> labels,
        String address,
        Map<String, Integer> ports,
        Locality locality,
        long weight,
        String serviceAccount,
        Health health,
        boolean meshTls) {
    /** By namespace and id, the order in which services hold them. */
    public static final Comparator<Workload> BY_ID =
            Comparator.comparing(Workload::namespace).thenComparing(Workload::id);

    /** Label by which a workload says that it speaks the mesh's mutual TLS. */
    public static final String TLS_MODE_LABEL = "security.istio.io/tlsMode";

    private static final long MAX_WEIGHT = 0xFFFF_FFFFL;

    public Workload {
        labels = Map.copyOf(labels);
        ports = Map.copyOf(ports);
        weight = Math.min(MAX_WEIGHT, Math.max(1, weight));
        serviceAccount = serviceAccount.isEmpty() ? "default" : serviceAccount;
    }

    /**
     * The port on this workload that serves {@code port}: its own mapping by name, then by number, then the service's target port, then
     * the same number. Empty if the target port is a name this workload does not have, or no port at all.
     */
    public OptionalInt portFor(ServicePort port) {
        for (String key : new String[] {port.name(), Integer.toString(port.number()), port.targetPort()}) {
            Integer mapped = key.isEmpty() ? null : ports.get(key);
            if (mapped != null) {
                return OptionalInt.of(mapped);
            }
        }
        if (port.targetPort().isEmpty()) {
            return OptionalInt.of(port.number());
        }
        String target = port.targetPort();
        boolean numeric = target.length() <= 5 && target.chars().allMatch(Character::isDigit);
        int number = numeric ? Integer.parseInt(target) : 0;
        return number >= 1 && number <= 65535 ? OptionalInt.of(number) : OptionalInt.empty();
    }
}
