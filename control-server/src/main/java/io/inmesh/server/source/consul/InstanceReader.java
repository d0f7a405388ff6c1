package io.inmesh.server.source.consul;

import java.util.SortedSet;

/** Keeps what is known of the instances of services up to date, and tells each answer. On the source's thread alone. */
interface InstanceReader {

    /** From now on these services are followed, and no others. Called each time that something has changed about any service. */
    void follow(SortedSet<String> names);

    /** Forgets how far it has come and asks for everything anew. */
    void startOver();

    /** {@return what could not be asked last, and why; empty if everything could} */
    String problem();

    /** Ends; nothing is told any more. */
    void stop();
}
