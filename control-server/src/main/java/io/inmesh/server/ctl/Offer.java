package io.inmesh.server.ctl;

/** Sorts of names that shells offer by a look at the server, or at the file of contexts. */
enum Offer {
    /** Contexts, from the user's own file. */
    CONTEXTS,
    /** Drained instances, of the namespace of the command line. */
    DRAINED,
    /** Instances that calls can be kept away from, of that namespace. */
    INSTANCES,
    /** Kinds, and after the first word resources of that kind, of that namespace. */
    KINDS_AND_RESOURCES,
    /** Namespaces with a process or a service in them. */
    NAMESPACES,
    /** Connected processes, of the namespace of the command line. */
    PROCESSES,
    /** Resources of the kind that is the first word, of that namespace. */
    RESOURCES,
    /** Rollouts, of that namespace. */
    ROLLOUTS,
    /** Services, of that namespace if the command line has one, else of all. */
    SERVICES,
    /** Services and connected processes, of that namespace. */
    SERVICES_AND_PROCESSES
}
