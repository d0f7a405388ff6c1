package io.inmesh.server.backup;

import io.inmesh.server.store.Engine;
import java.io.IOException;

/** Where a copy is put. */
interface Target extends AutoCloseable {

    /** {@return what is there; to look at} */
    Engine present();

    /**
     * Makes it hold a copy and nothing else.
     *
     * @param copied what has been judged by {@link #present}
     * @param replace whether what it holds may go
     * @param jump how far the configuration's revision jumps
     * @throws IOException if it is not empty and must not be replaced, or servers run on it, or it cannot be written; the message says what has become of it
     */
    void fill(CarriedAuthority copied, boolean replace, long jump) throws IOException;

    @Override
    void close();

    /**
     * {@return a store that servers share, which is filled in place}
     *
     * @param engine is closed with it
     */
    static Target shared(Engine engine) {
        return new Target() {
            @Override
            public Engine present() {
                return engine;
            }

            @Override
            public void fill(CarriedAuthority copied, boolean replace, long jump) throws IOException {
                RunningServers.refuse(engine);
                new Refill(engine, replace).with(copied.tables(), jump);
            }

            @Override
            public void close() {
                engine.close();
            }
        };
    }
}
