package io.inmesh.server.source.consul;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Keeps some fields of the objects in a JSON array, as JSON, while the array is read: what checks have to say in words may be hundreds of
 * megabytes and is of no use here. What is kept has a limit, what is read has none.
 */
final class ThinBody implements BodySubscriber<byte[]> {
    private static final JsonFactory JSON = new JsonFactory();

    /** How deep the fields of the array's objects are. */
    private static final int FIELDS = 2;

    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Set<String> fields;
    private final int most;
    private final JsonParser parser;
    private final ByteArrayFeeder feeder;
    private final JsonGenerator thin;
    private Flow.@Nullable Subscription subscription;
    private int depth;
    private boolean skipping;

    private ThinBody(Set<String> fields, int most) throws IOException {
        this.fields = fields;
        this.most = most;
        this.parser = JSON.createNonBlockingByteArrayParser();
        this.feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
        this.thin = JSON.createGenerator(kept);
    }

    /**
     * {@return a reader of one answer that is an array of objects}
     *
     * @param fields that are kept
     * @param most bytes that are kept
     */
    static BodySubscriber<byte[]> of(Set<String> fields, int most) {
        try {
            return new ThinBody(fields, most);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is read yet", e);
        }
    }

    @Override
    public CompletionStage<byte[]> getBody() {
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
        } catch (IOException e) {
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
        } catch (JsonProcessingException e) {
            throw new IOException("it is no JSON: " + e.getOriginalMessage(), e);
        }
        if (kept.size() > most) {
            throw new IOException(
                    "the answer is longer than " + most + " bytes even without what checks say in words; name the"
                            + " services to follow in \"services\", and more than \"most\" of them in several sources");
        }
    }

    private void take(JsonToken token) throws IOException {
        if (token.isStructEnd()) {
            depth--;
        }
        if (!skipping && depth == FIELDS && token == JsonToken.FIELD_NAME && !fields.contains(parser.currentName())) {
            skipping = true;
            return;
        }
        if (!skipping) {
            thin.copyCurrentEvent(parser);
        }
        if (token.isStructStart()) {
            depth++;
        }
        if (depth == FIELDS) {
            // The value is over.
            skipping = false;
        }
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
            if (depth > 0) {
                throw new IOException("it ends in the middle");
            }
            thin.close();
            body.complete(kept.toByteArray());
        } catch (IOException e) {
            body.completeExceptionally(e);
        }
    }
}
