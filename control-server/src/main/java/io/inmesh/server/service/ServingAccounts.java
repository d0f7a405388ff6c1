package io.inmesh.server.service;

import io.inmesh.server.model.Resource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who may stand behind a service. A process that registers itself claims its labels, so a selector alone would let every member of a
 * namespace take calls to any service of it; a service may name the service accounts of those that it takes in. What an operator wrote
 * as a WorkloadEntry is taken as it is.
 *
 * <p>Source: Istio's annotation {@code alpha.istio.io/kubernetes-serviceaccounts}, "the Kubernetes service accounts that are allowed to run
 * this service on the VMs".
 */
final class ServingAccounts {
    /** Annotation of a Service or ServiceEntry: names of service accounts of its namespace, separated by commas. */
    static final String ANNOTATION = "alpha.istio.io/kubernetes-serviceaccounts";

    private final Set<Workload> registered = Collections.newSetFromMap(new IdentityHashMap<>());
    private final boolean namedOnly;

    /**
     * @param registered the processes that registered themselves
     * @param namedOnly whether a service that names nobody takes in none of them
     */
    ServingAccounts(Collection<Workload> registered, boolean namedOnly) {
        this.registered.addAll(registered);
        this.namedOnly = namedOnly;
    }

    /** {@return those of the workloads that a service's selector takes in which may serve it} */
    List<Workload> permitted(Resource service, List<Workload> selected) {
        String named = service.annotations().get(ANNOTATION);
        if (named == null && !namedOnly) {
            return selected;
        }
        Set<String> accounts = Arrays.stream((named == null ? "" : named).split(","))
                .map(String::strip)
                .filter(account -> !account.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        return selected.stream()
                .filter(w -> !registered.contains(w) || accounts.contains(w.serviceAccount()))
                .toList();
    }
}
