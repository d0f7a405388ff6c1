package io.inmesh.server.source;

import java.util.Collection;

/** Where a source tells what it sees. Safe for use by several threads; every method returns soon. */
public interface SourceSink {

    /** What it means that something known before is not there any more. */
    enum Missing {
        /** The registry does not say why: its copies may be in order and only their registrations lost. They are kept for a while. */
        VANISHED,
        /** Somebody, or the registry itself, has taken it out. It goes at once, to the last. */
        DELETED
    }

    /** All services there are. */
    void listed(Collection<SourceService> services, Missing missing);

    /** One service as it is now. */
    void changed(SourceService service, Missing missing);

    /** A service was taken out. */
    void deleted(String namespace, String name);

    /** The registry has answered; nothing has changed. */
    void answered();

    /** The registry cannot be asked, or its answer cannot be used. What is known stays. */
    void failed(String why);
}
