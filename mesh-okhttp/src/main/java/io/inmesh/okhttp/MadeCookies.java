package io.inmesh.okhttp;

import java.util.List;
import java.util.Objects;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;

/**
 * The application's cookie jar for an attempt whose {@code Cookie} header the mesh has written: keeps what the server sets, and adds
 * nothing, since the header is complete.
 */
final class MadeCookies implements CookieJar {

    private final CookieJar own;

    MadeCookies(CookieJar own) {
        this.own = own;
    }

    @Override
    public List<Cookie> loadForRequest(HttpUrl url) {
        return List.of();
    }

    @Override
    public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
        own.saveFromResponse(url, cookies);
    }

    /** {@return the chain, with this jar if the mesh has written the {@code Cookie} header} */
    static Interceptor.Chain over(Interceptor.Chain chain, Request original, Request edited) {
        CookieJar jar = chain.getCookieJar();
        return jar == CookieJar.NO_COOKIES || Objects.equals(original.header("cookie"), edited.header("cookie"))
                ? chain
                : chain.withCookieJar(new MadeCookies(jar));
    }

    /** Keeps cookies that the mesh added to a response, which OkHttp no longer looks at. */
    static void keep(CookieJar jar, HttpUrl url, Headers received, Headers edited) {
        List<String> before = received.values("set-cookie");
        List<String> after = edited.values("set-cookie");
        if (jar == CookieJar.NO_COOKIES || after.equals(before)) {
            return;
        }
        Headers.Builder added = new Headers.Builder();
        after.stream().filter(cookie -> !before.contains(cookie)).forEach(cookie -> added.add("set-cookie", cookie));
        List<Cookie> cookies = Cookie.parseAll(url, added.build());
        if (!cookies.isEmpty()) {
            jar.saveFromResponse(url, cookies);
        }
    }
}
