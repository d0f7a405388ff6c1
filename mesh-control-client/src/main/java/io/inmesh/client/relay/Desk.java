package io.inmesh.client.relay;

import io.inmesh.live.LiveRequests;
import io.inmesh.live.SeenRequest;
import io.inmesh.live.TapFilter;
import io.inmesh.time.Clock;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.ChangedLevel;
import io.inmesh.xds.relay.Ended;
import io.inmesh.xds.relay.LogLevel;
import io.inmesh.xds.relay.Question;
import io.inmesh.xds.relay.Tap;
import io.inmesh.xds.relay.Ticket;
import io.inmesh.xds.status.ClientConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions. What the control server lets through is its business; what this process can bear is decided here: no more than a few
 * questions at once, so many requests a second, so many in all, for so long. All methods on the control thread.
 */
public final class Desk {

    /** Requests a second that a tap shows at most. */
    static final int MOST_PER_SECOND = 100;

    /** Requests that a tap shows at most. */
    static final int MOST_REQUESTS = 1000;

    /** Longest time that a tap lasts. */
    static final long LONGEST_TAP_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** How old a ticket may be, wrong clocks included. */
    static final long OLDEST_TICKET_MILLIS = TimeUnit.MINUTES.toMillis(10);

    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

    private final LiveRequests live;
    private final Clock clock;
    private final Timers timers;
    private final Function<Boolean, ClientConfig> beliefs;
    private final LogLevels levels;
    private final Map<Long, Watching> watching = new TreeMap<>();

    /**
     * Opens a desk.
     *
     * @param live shows requests
     * @param clock what time it is
     * @param timers the control thread
     * @param beliefs tells what configuration is believed in, with contents if asked with true
     */
    public Desk(LiveRequests live, Clock clock, Timers timers, Function<Boolean, ClientConfig> beliefs) {
        this(live, clock, timers, beliefs, LogBackend::present);
    }

    Desk(
            LiveRequests live,
            Clock clock,
            Timers timers,
            Function<Boolean, ClientConfig> beliefs,
            Supplier<LogBackend> backends) {
        this.live = live;
        this.clock = clock;
        this.timers = timers;
        this.beliefs = beliefs;
        this.levels = new LogLevels(backends, timers, clock);
    }

    /** Answers a question: at once, or part by part. */
    public void ask(Question question, Outlet outlet) {
        long number = question.getNumber();
        if (question.getAskCase() == Question.AskCase.CANCEL) {
            Watching cancelled = watching.get(number);
            if (cancelled != null) {
                cancelled.end();
            }
            return;
        }
        String refusal = refusal(question.getTicket());
        try {
            if (refusal.isEmpty()) {
                refusal = answer(question, outlet);
            }
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            refusal = String.valueOf(e.getMessage());
        }
        if (refusal == null) {
            return;
        }
        outlet.send(Answer.newBuilder()
                .setNumber(number)
                .setEnded(Ended.newBuilder().setRefusal(refusal))
                .build());
    }

    private String refusal(Ticket ticket) {
        if (ticket.getId().isEmpty() || ticket.getPrincipal().isEmpty()) {
            return "the question has no ticket";
        }
        long age = clock.epochMillis()
                - TimeUnit.SECONDS.toMillis(ticket.getIssued().getSeconds());
        return Math.abs(age) > OLDEST_TICKET_MILLIS
                ? "the ticket is not of now, or the clocks of this process and the control server differ"
                : "";
    }

    /** {@return why it cannot be answered, empty if it has been; null if it goes on} */
    private @Nullable String answer(Question question, Outlet outlet) {
        long number = question.getNumber();
        LOG.info(
                "{} asks: {} (ticket {})",
                question.getTicket().getPrincipal(),
                question.getAskCase().name().toLowerCase(Locale.ROOT),
                question.getTicket().getId());
        switch (question.getAskCase()) {
            case TAP -> {
                return tap(number, question.getTap(), outlet);
            }
            case FIND -> {
                for (SeenRequest seen : live.find(question.getFind().getRequestId())) {
                    outlet.send(Answer.newBuilder()
                            .setNumber(number)
                            .setSeen(SeenMessages.of(seen))
                            .build());
                }
                return "";
            }
            case BELIEVE -> {
                outlet.send(Answer.newBuilder()
                        .setNumber(number)
                        .setBelief(beliefs.apply(!question.getBelieve().getExcludeResourceContents()))
                        .build());
                return "";
            }
            case LOG_LEVEL -> {
                logLevel(question.getLogLevel());
                for (ChangedLevel level : levels.all()) {
                    outlet.send(Answer.newBuilder()
                            .setNumber(number)
                            .setLevel(level)
                            .build());
                }
                return "";
            }
            default -> {
                return "this process is too old to be asked that";
            }
        }
    }

    private @Nullable String tap(long number, Tap asked, Outlet outlet) {
        if (watching.containsKey(number)) {
            return "there is a question of that number";
        }
        Watching begun = new Watching(
                number,
                atMost(asked.getMaxRequests(), MOST_REQUESTS),
                timers,
                outlet,
                ended -> watching.remove(ended.number()));
        io.inmesh.live.Tap tap = live.tap(filter(asked), (int) atMost(asked.getMaxPerSecond(), MOST_PER_SECOND), begun);
        if (tap == null) {
            return LiveRequests.MOST_TAPS + " watch this process already; try again when one has ended";
        }
        watching.put(number, begun);
        begun.begin(tap, Math.min(Math.max(1, SeenMessages.nanos(asked.getDuration())), LONGEST_TAP_NANOS));
        return null;
    }

    /** Nothing asked for is all there may be. */
    private static long atMost(int asked, long most) {
        long unsigned = Integer.toUnsignedLong(asked);
        return unsigned == 0 ? most : Math.min(unsigned, most);
    }

    private static TapFilter filter(Tap asked) {
        return new TapFilter(
                asked.getDirection().isEmpty()
                        ? null
                        : (Boolean) asked.getDirection().equals("outbound"),
                given(asked.getTo()),
                given(asked.getPathPrefix()),
                given(asked.getMethod()),
                given(asked.getStatus()));
    }

    private static @Nullable String given(String text) {
        return text.isEmpty() ? null : text;
    }

    private void logLevel(LogLevel asked) {
        if (!asked.getLogger().isEmpty()) {
            levels.set(asked.getLogger(), asked.getLevel(), SeenMessages.nanos(asked.getDuration()));
        }
    }

    /** More can be sent again. */
    public void ready() {
        List.copyOf(watching.values()).forEach(Watching::flush);
    }

    /** Whoever asked is gone; what goes on for a while by itself does. */
    public void disconnected() {
        List.copyOf(watching.values()).forEach(Watching::stop);
    }

    /** Ends everything, and takes back what was changed. */
    public void close() {
        disconnected();
        levels.close();
    }
}
