package io.inmesh.okhttp;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Response;

/** What an asynchronous call came to. */
final class Received implements Callback {

    private final CompletableFuture<Response> end = new CompletableFuture<>();

    @Override
    public void onFailure(Call call, IOException e) {
        end.completeExceptionally(e);
    }

    @Override
    public void onResponse(Call call, Response response) {
        end.complete(response);
    }

    /** {@return the response, when it is there} */
    Response response() throws Exception {
        return end.get(1, TimeUnit.MINUTES);
    }
}
