package io.inmesh.server.limit;

import io.grpc.Context;

/** Ends the connection of a call, and with it what the server holds for it. A call alone cannot be ended while its client reads nothing. */
public final class HangUp {
    private static final Context.Key<Runnable> KEY = Context.key("inmesh-hang-up");

    private HangUp() {}

    /** {@return what ends the connection of the call being served} */
    public static Runnable current() {
        Runnable action = KEY.get();
        return action == null ? () -> {} : action;
    }

    static Context in(Context context, Runnable action) {
        return context.withValue(KEY, action);
    }
}
