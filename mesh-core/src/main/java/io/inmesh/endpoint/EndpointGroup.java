package io.inmesh.endpoint;

/**
 * Endpoints of one cluster that run the same version of the same workload; they are alike to statistics. Compared by identity, so that
 * counting needs no look at names.
 */
public final class EndpointGroup {

    private static final int PARTS = 5;

    private final String name;

    EndpointGroup(String name) {
        this.name = name;
    }

    /**
     * {@return the name of the group of a workload instance: {@code namespace;workload;version} of Istio's {@code
     * instance;namespace;workload;version;cluster}, other names as they are}
     */
    static String nameOf(String workload) {
        String[] parts = workload.split(";", -1);
        return parts.length == PARTS ? String.join(";", parts[1], parts[2], parts[3]) : workload;
    }

    /** {@return {@code namespace;workload;version}; the name of its only endpoint, or nothing, if that is not known} */
    public String name() {
        return name;
    }

    /** {@return its name} */
    @Override
    public String toString() {
        return name;
    }
}
