package io.inmesh.server.source;

/**
 * A registry that is followed. It lists all services once and then tells what changes, on threads of its own; how fast it answers is
 * nobody else's business. Whatever goes wrong it reports and goes on trying.
 */
public interface ServiceSource extends AutoCloseable {

    /** Begins to follow the registry and returns at once. Called once. */
    void start(SourceSink sink);

    /** Forgets how far it has come and lists everything anew, soon. */
    void resync();

    /** Ends. Nothing is told after this has returned. */
    @Override
    void close();
}
