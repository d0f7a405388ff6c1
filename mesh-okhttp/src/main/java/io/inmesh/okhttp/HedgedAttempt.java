package io.inmesh.okhttp;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** One attempt of a hedged call, as an OkHttp call of its own. */
final class HedgedAttempt {

    private final Attempt attempt;
    private final Request request;
    private final Interceptor.Chain application;
    private final Function<Interceptor.Chain, Exchange> exchanges;
    private final okhttp3.Call call;
    private volatile @Nullable Exchange exchange;
    private volatile @Nullable Outcome outcome;

    /**
     * Makes an attempt.
     *
     * @param application the chain of the application's call, whose timeouts hold
     * @param exchanges makes what sends over a chain
     */
    HedgedAttempt(
            Hedges hedges,
            Attempt attempt,
            Request request,
            Interceptor.Chain application,
            Function<Interceptor.Chain, Exchange> exchanges) {
        this.attempt = attempt;
        this.request = request;
        this.application = application;
        this.exchanges = exchanges;
        this.call = hedges.newCall(this);
    }

    Attempt attempt() {
        return attempt;
    }

    Request request() {
        return request;
    }

    /** {@return how it ended, at the latest when the attempt's deadline has come} */
    Outcome send() {
        try {
            call.execute();
        } catch (IOException failure) {
            Outcome known = outcome;
            return known == null ? Outcome.Cancelled.INSTANCE : known;
        }
        Outcome known = outcome;
        return known == null ? Outcome.Cancelled.INSTANCE : known;
    }

    Response sendThrough(Interceptor.Chain own) throws IOException {
        Interceptor.Chain chain = own.withConnectTimeout(application.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .withReadTimeout(application.readTimeoutMillis(), TimeUnit.MILLISECONDS)
                .withWriteTimeout(application.writeTimeoutMillis(), TimeUnit.MILLISECONDS);
        Exchange sending = exchanges.apply(chain);
        Outcome ended = sending.send(attempt);
        exchange = sending;
        outcome = ended;
        Response received = sending.received();
        if (received != null) {
            return received;
        }
        throw ended instanceof Outcome.Failure failure ? Exchange.nativeCause(failure) : new IOException("Canceled");
    }

    /** {@return what received the answer, null if there is none} */
    @Nullable
    Exchange exchange() {
        return exchange;
    }

    /** Ends it, and the reading of its answer: an HTTP/2 stream is reset, an HTTP/1 connection closed. */
    void cancel() {
        call.cancel();
    }

    /** Ends it, and closes its answer if there is one. */
    void abandon() {
        call.cancel();
        Exchange sending = exchange;
        if (sending != null) {
            sending.discard();
        }
    }
}
