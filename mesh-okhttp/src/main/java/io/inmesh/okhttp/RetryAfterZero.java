package io.inmesh.okhttp;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Keeps OkHttp from repeating a 503 by itself: it does so below application interceptors when the peer says {@code Retry-After: 0},
 * whatever its settings, to the same endpoint and outside the retry budget. So the header goes by another name on its way up, and
 * the engine decides.
 */
final class RetryAfterZero implements Interceptor {

    private static final String HEADER = "Retry-After";
    private static final String HELD = "x-inmesh-retry-after";

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        if (response.code() != 503 || !(chain.getDns() instanceof Target)) {
            return response;
        }
        String value = response.header(HEADER);
        if (value == null || !isZero(value)) {
            return response;
        }
        return response.newBuilder().removeHeader(HEADER).header(HELD, value).build();
    }

    /** {@return the response as the peer sent it} */
    static Response restored(Response response) {
        String value = response.code() == 503 ? response.header(HELD) : null;
        return value == null
                ? response
                : response.newBuilder().removeHeader(HELD).header(HEADER, value).build();
    }

    private static boolean isZero(String value) {
        return !value.isEmpty() && value.chars().allMatch(digit -> digit == '0');
    }
}
