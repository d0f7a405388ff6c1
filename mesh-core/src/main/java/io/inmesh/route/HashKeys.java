package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.config.HashKeyConfig;
import io.inmesh.hash.XxHash64;
import io.inmesh.route.CallKey.MadeCookie;
import io.inmesh.time.Randomness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a route's calls, compiled. Source: Envoy's hash policies, to the bit: XXH64 of each key, rotated together.
 *
 * <p>A call without any key gets a random hash, so it goes to a random endpoint, and its retries to others.
 */
final class HashKeys {

    private final List<HashKeyConfig> keys;

    HashKeys(List<HashKeyConfig> keys) {
        this.keys = keys;
    }

    CallKey of(Call call, Randomness randomness) {
        long hash = 0;
        StringBuilder source = null;
        MadeCookie made = null;
        for (HashKeyConfig key : keys) {
            Long one = hash(key, call);
            if (one == null && key instanceof HashKeyConfig.Cookie cookie && cookie.ttl() != null) {
                String value = Long.toHexString(bits(randomness));
                made = CookieText.make(cookie, value);
                one = XxHash64.hash(value);
            }
            if (one != null) {
                // Rotating keeps equal keys from cancelling each other out.
                hash = source == null ? one : Long.rotateLeft(hash, 1) ^ one;
                source = source == null ? new StringBuilder() : source.append(" and ");
                source.append(words(key));
            }
            if (source != null && key.terminal()) {
                break;
            }
        }
        return source == null ? new CallKey(bits(randomness), null, null) : new CallKey(hash, source.toString(), made);
    }

    private static @Nullable Long hash(HashKeyConfig key, Call call) {
        if (key instanceof HashKeyConfig.Header header) {
            return header(call, header.name());
        }
        String value = null;
        if (key instanceof HashKeyConfig.Cookie cookie) {
            value = CookieText.find(call.headerValues("cookie"), cookie.name());
        } else if (key instanceof HashKeyConfig.QueryParameter parameter) {
            value = QueryTest.first(call.query(), parameter.name());
        } else if (key instanceof HashKeyConfig.SourceAddress source) {
            value = source.address();
        }
        return value == null ? null : XxHash64.hash(value);
    }

    private static @Nullable Long header(Call call, String name) {
        if (name.startsWith(":")) {
            String value = HeaderTest.value(call, name);
            return value == null ? null : XxHash64.hash(value);
        }
        List<String> values = call.headerValues(name);
        if (values.isEmpty()) {
            return null;
        }
        long hash = 0;
        for (String value : values.stream().sorted().toList()) {
            hash = XxHash64.hash(value, hash);
        }
        return hash;
    }

    private static String words(HashKeyConfig key) {
        if (key instanceof HashKeyConfig.Header header) {
            return "header " + header.name();
        } else if (key instanceof HashKeyConfig.Cookie cookie) {
            return "cookie " + cookie.name();
        } else if (key instanceof HashKeyConfig.QueryParameter parameter) {
            return "query parameter " + parameter.name();
        }
        return "address of this process";
    }

    private static long bits(Randomness randomness) {
        return randomness.below(1L << 32) << 32 | randomness.below(1L << 32);
    }
}
