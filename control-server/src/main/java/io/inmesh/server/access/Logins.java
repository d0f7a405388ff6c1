package io.inmesh.server.access;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Checks passwords and begins sessions. It takes as long to refuse a name that is no user as a wrong password, and both get the same answer.
 */
public final class Logins {

    /** Each check takes 19 MiB and a core for a while, so few run at once. */
    private static final int AT_ONCE = 2;

    private final Users users;
    private final Sessions sessions;
    private final LoginGuard guard;
    private final PasswordHash nobody;
    private final Semaphore free = new Semaphore(AT_ONCE, true);

    Logins(Users users, Sessions sessions, LoginGuard guard, SecureRandom random) {
        this.users = users;
        this.sessions = sessions;
        this.guard = guard;
        this.nobody = PasswordHash.of(Secrets.next(random), random);
    }

    /** What became of a login. */
    public sealed interface Outcome {

        /**
         * The user is logged in.
         *
         * @param principal who
         * @param token what to present from now on, as bearer token or cookie
         * @param csrf what changes have to send in a header, if the token is in a cookie
         * @param life how long the session lives at most
         */
        record Welcome(Principal principal, String token, String csrf, Duration life) implements Outcome {

            /** Keeps the token out of logs. */
            @Override
            public String toString() {
                return "welcome " + principal.name();
            }
        }

        /** Name or password are wrong. */
        record Refused() implements Outcome {}

        /**
         * There were too many failures; the password has not been looked at.
         *
         * @param pause when to try again
         */
        record Wait(Duration pause) implements Outcome {}
    }

    /** Logs a user in. */
    public Outcome login(String name, String password, String address) throws InterruptedException {
        Optional<Duration> pause = guard.begin(name, address);
        if (pause.isPresent()) {
            return new Outcome.Wait(pause.get());
        }
        Optional<User> user = users.find(name);
        PasswordHash hash =
                user.map(known -> PasswordHash.parse(known.passwordHash())).orElse(nobody);
        free.acquire();
        boolean right;
        try {
            right = password.length() <= PasswordHash.MAX_PASSWORD_CHARACTERS && hash.matches(password);
        } finally {
            free.release();
        }
        if (!right || user.isEmpty()) {
            return new Outcome.Refused();
        }
        guard.succeeded(name, address);
        Sessions.Begun begun = sessions.begin(user.get());
        return new Outcome.Welcome(
                begun.session().principal(), begun.token(), begun.session().csrf(), sessions.lifetime());
    }

    /** Ends a session. */
    public void logout(String token) {
        sessions.end(token);
    }
}
