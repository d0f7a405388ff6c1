package io.inmesh.server.source.consul;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer while it comes, entry by entry: what checks have to say in words may be hundreds of megabytes and is of no use here, and
 * the rest as one tree of JSON would take many times its length. What counts has a limit, what is read over has none.
 *
 * @param <T> what becomes of the entries
 */
final class AnswerBody<T> implements BodySubscriber<T> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CompletableFuture<T> body = new CompletableFuture<>();
    private final Question<?> question;
    private final Reading<?, T> reading;
    private final int most;
    private final JsonParser parser;
    private final ByteArrayFeeder feeder;
    private final ByteArrayOutputStream entry = new ByteArrayOutputStream();
    private final JsonGenerator thin;
    /** What counts in each object or array of the entry that has begun and not ended, the innermost first. */
    private final Deque<Fields> open = new ArrayDeque<>();

    private Flow.@Nullable Subscription subscription;
    /** What counts in the value of the field whose name came last. */
    private Fields next;

    /** How many objects and arrays have begun and not ended since what is read over began; 0 at its beginning. */
    private int skipped;

    private boolean skipping;
    private boolean begun;
    private boolean ended;
    private long counted;

    private record Reading<A, T>(A entries, BiConsumer<A, ? super JsonNode> adding, Function<A, T> finishing) {
        void add(JsonNode entry) {
            adding.accept(entries, entry);
        }

        T finish() {
            return finishing.apply(entries);
        }
    }

    private AnswerBody(Question<T> question, int most) throws IOException {
        this.question = question;
        this.reading = reading(question.reading());
        this.most = most;
        this.next = question.fields();
        JsonFactory factory = JSON.getFactory();
        this.parser = factory.createNonBlockingByteArrayParser();
        this.feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
        this.thin = factory.createGenerator(entry);
    }

    private static <A, T> Reading<A, T> reading(Collector<JsonNode, A, T> collector) {
        return new Reading<>(collector.supplier().get(), collector.accumulator(), collector.finisher());
    }

    /**
     * {@return a reader of one answer}
     *
     * @param most bytes that may count
     */
    static <T> BodySubscriber<T> of(Question<T> question, int most) {
        try {
            return new AnswerBody<>(question, most);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is read yet", e);
        }
    }

    @Override
    public CompletionStage<T> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        if (body.isDone()) {
            return;
        }
        try {
            for (ByteBuffer part : parts) {
                byte[] copy = new byte[part.remaining()];
                part.get(copy);
                feeder.feedInput(copy, 0, copy.length);
                take();
            }
        } catch (IOException | RuntimeException e) {
            if (subscription != null) {
                subscription.cancel();
            }
            body.completeExceptionally(e);
        }
    }

    private void take() throws IOException {
        try {
            JsonToken token = parser.nextToken();
            while (token != null && token != JsonToken.NOT_AVAILABLE) {
                take(token);
                token = parser.nextToken();
            }
            thin.flush();
        } catch (JsonEOFException e) {
            throw new UnusableAnswerException("it ends in the middle");
        } catch (JsonProcessingException e) {
            throw new UnusableAnswerException("it is no JSON: " + e.getOriginalMessage());
        }
        if (counted + entry.size() > most) {
            throw new UnusableAnswerException("what counts of it is longer than " + most
                    + " bytes; name the services to follow in \"services\", and more than \"most\" of them in several"
                    + " sources");
        }
    }

    private void take(JsonToken token) throws IOException {
        if (ended) {
            throw new UnusableAnswerException("something comes after its end");
        }
        if (!begun) {
            begun = true;
            if (token != (question.listed() ? JsonToken.START_ARRAY : JsonToken.START_OBJECT)) {
                throw new UnusableAnswerException("it is no " + (question.listed() ? "array" : "object"));
            }
        } else if (skipping) {
            skip(token);
        } else if (token.isStructEnd() && open.isEmpty()) {
            ended = true;
        } else if (token == JsonToken.FIELD_NAME) {
            name();
        } else {
            value(token);
        }
    }

    private void name() throws IOException {
        if (open.isEmpty()) {
            thin.writeString(parser.currentName());
            entryIsOver();
            skipping = true;
            return;
        }
        Fields inner = open.element().in(parser.currentName());
        if (inner == null) {
            skipping = true;
        } else {
            next = inner;
            thin.copyCurrentEvent(parser);
        }
    }

    private void value(JsonToken token) throws IOException {
        thin.copyCurrentEvent(parser);
        if (token.isStructStart()) {
            open.push(next);
        } else if (token.isStructEnd()) {
            // What is next in an array counts like what was before.
            next = open.pop();
        }
        if (open.isEmpty()) {
            entryIsOver();
        }
    }

    private void entryIsOver() throws IOException {
        thin.flush();
        counted += entry.size();
        reading.add(JSON.readTree(entry.toByteArray()));
        entry.reset();
        next = question.fields();
    }

    private void skip(JsonToken token) {
        if (token.isStructStart()) {
            skipped++;
        } else if (token.isStructEnd()) {
            skipped--;
        }
        skipping = skipped > 0;
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        if (body.isDone()) {
            return;
        }
        try {
            feeder.endOfInput();
            take();
            if (!ended) {
                throw new UnusableAnswerException("it ends in the middle");
            }
            body.complete(reading.finish());
        } catch (IOException | RuntimeException e) {
            body.completeExceptionally(e);
        }
    }
}
