package io.inmesh.server.ads;

import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.ResourceSet;

/** Where the resources come from. Safe for use by several threads. */
public interface ResourceSource {

    /** Everything a client of this kind may see now. Cheap if nothing changed since the last call. */
    ResourceSet resourcesFor(ClientContext client);

    /** Calls {@code listener} after every change. When it is called, {@link #resourcesFor} knows of the change already. */
    void onChange(Runnable listener);
}
