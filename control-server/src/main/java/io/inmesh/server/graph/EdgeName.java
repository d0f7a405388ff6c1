package io.inmesh.server.graph;

/**
 * The ends of an edge, and how they are named.
 *
 * @param source id of the node that called
 * @param service id of the service or host; empty for callers that do not report
 * @param port its port, 0 if that is not known
 * @param destination id of the workload that answered; empty if nobody did
 */
record EdgeName(String source, String service, int port, String destination) {

    static EdgeName of(Subject subject) {
        if (subject instanceof Subject.Calls calls) {
            return new EdgeName(
                    workload(calls.reporter().workload()),
                    service(calls.host()),
                    calls.port(),
                    calls.answered().equals(WorkloadVersion.NOBODY) ? "" : workload(calls.answered()));
        }
        if (subject instanceof Subject.PassedThrough passed) {
            return new EdgeName(workload(passed.reporter().workload()), "host:" + passed.host(), 0, "");
        }
        Subject.CameIn came = (Subject.CameIn) subject;
        return new EdgeName(
                (came.mtls() ? "identity:" : "caller:") + came.caller(),
                "",
                came.port(),
                workload(came.reporter().workload()));
    }

    static String workload(WorkloadVersion workload) {
        return "workload:" + workload.namespace() + "/" + workload.name() + "/" + workload.version();
    }

    static String service(String host) {
        return "service:" + host;
    }

    /** {@return the name of the edge} */
    String id() {
        return source + ">" + service + ":" + port + ">" + destination;
    }
}
