package io.inmesh.server.graph;

/** What one series of counts is about. */
public sealed interface Subject {

    /** What subjects beyond a bound are called. */
    String OTHER = "other";

    /** {@return the process that reported it, by its proven identity} */
    Reporter reporter();

    /** {@return the same reporter's subject for all that is beyond its bound} */
    Subject folded();

    /**
     * Who reports.
     *
     * @param namespace its namespace, proven by its certificate
     * @param serviceAccount its service account, proven likewise
     * @param workload what it says it is a copy of
     */
    record Reporter(String namespace, String serviceAccount, WorkloadVersion workload) {

        Reporter folded() {
            return new Reporter(namespace, serviceAccount, new WorkloadVersion(namespace, OTHER, ""));
        }
    }

    /**
     * Calls to a service of the mesh, one that ServiceEntries describe included.
     *
     * @param reporter who called
     * @param host full host name of the service
     * @param port its port
     * @param subset the subset that the route led to; empty if it led to all of the service
     * @param route name of the route
     * @param answered who answered; {@link WorkloadVersion#NOBODY} if nobody did
     * @param mtls whether over the mesh's mutual TLS
     * @param grpc whether the calls are gRPC
     */
    record Calls(
            Reporter reporter,
            String host,
            int port,
            String subset,
            String route,
            WorkloadVersion answered,
            boolean mtls,
            boolean grpc)
            implements Subject {

        @Override
        public Subject folded() {
            return new Calls(reporter.folded(), OTHER, 0, "", "", WorkloadVersion.NOBODY, false, grpc);
        }
    }

    /**
     * Calls to a host that the mesh does not know.
     *
     * @param reporter who called
     * @param host its name
     */
    record PassedThrough(Reporter reporter, String host) implements Subject {

        @Override
        public Subject folded() {
            return new PassedThrough(reporter.folded(), OTHER);
        }
    }

    /**
     * Requests that came in.
     *
     * @param reporter who was called
     * @param port its port
     * @param mtls whether the caller proved a SPIFFE id
     * @param caller that id, else the caller's address
     */
    record CameIn(Reporter reporter, int port, boolean mtls, String caller) implements Subject {

        @Override
        public Subject folded() {
            return new CameIn(reporter.folded(), 0, mtls, OTHER);
        }
    }
}
