package io.inmesh.server.access;

import io.inmesh.server.settings.Section;
import java.time.Duration;

/**
 * How much anybody may ask of the REST interface: {@code access.limits}.
 *
 * @param requestsPerSecond requests of one caller each second, on average; ten seconds' worth may come at once
 * @param connections connections of all callers at the same time
 * @param connectionsPerAddress connections from one network address at the same time
 * @param watchesPerCaller watches of one caller at the same time
 * @param headTimeout how long a connection may take to bring the whole head of a request, from its beginning or the last answer
 * @param bodyTimeout how long the body of a request may take
 * @param answerTimeout how long the answer may take to be read, watches aside
 */
public record AccessLimits(
        int requestsPerSecond,
        int connections,
        int connectionsPerAddress,
        int watchesPerCaller,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration answerTimeout) {

    /** What holds where the settings say nothing. */
    public static final AccessLimits DEFAULT =
            new AccessLimits(200, 1000, 100, 20, Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMinutes(2));

    private static final int MOST = 100_000;

    static AccessLimits read(Section section) {
        return new AccessLimits(
                section.number("requestsPerSecond", DEFAULT.requestsPerSecond, 1, MOST),
                section.number("connections", DEFAULT.connections, 1, MOST),
                section.number("connectionsPerAddress", DEFAULT.connectionsPerAddress, 1, MOST),
                section.number("watchesPerCaller", DEFAULT.watchesPerCaller, 1, MOST),
                section.duration("headTimeout", DEFAULT.headTimeout),
                section.duration("bodyTimeout", DEFAULT.bodyTimeout),
                section.duration("answerTimeout", DEFAULT.answerTimeout));
    }
}
