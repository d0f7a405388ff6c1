package io.inmesh.server.access;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;

/**
 * The keys of an issuer, from the one address or file that the settings name: read when first needed and every ten minutes from then on,
 * sooner if a token names a key that is not known, but not more often than every 30 s. While they cannot be had the last ones stay.
 */
final class IssuerKeys {

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int MOST_BYTES = 1 << 18;
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private IssuerKeys() {}

    /** {@return the keys at an https address or in a file} */
    static JWKSource<SecurityContext> at(URI place) {
        try {
            return JWKSourceBuilder.<SecurityContext>create(place.toURL(), new Retriever())
                    .refreshAheadCache(false)
                    .cache(LIFE.toMillis(), PATIENCE.toMillis())
                    .rateLimited(PAUSE.toMillis())
                    .outageTolerantForever()
                    .build();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException("an https address or file is a URL", e);
        }
    }

    /** Goes where it is told and nowhere else: an address that leads on to another one is refused. */
    private static final class Retriever extends DefaultResourceRetriever {

        Retriever() {
            super(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MOST_BYTES);
        }

        @Override
        protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
            HttpURLConnection connection = super.openHTTPConnection(url);
            connection.setInstanceFollowRedirects(false);
            return connection;
        }
    }
}
