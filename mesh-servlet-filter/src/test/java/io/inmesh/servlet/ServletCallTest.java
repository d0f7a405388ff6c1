package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.identity.IdentityHolder;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServletCallTest {

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 10.0.0.1", "::1, ::1", "[::1], ::1", "2001:db8::7, 2001:db8::7", "::ffff:10.0.0.1, 10.0.0.1"
    })
    void addressesAreTakenInEveryForm(String told, String address) throws Exception {
        assertThat(from(told).peerAddress()).isEqualTo(InetAddress.getByName(address));
    }

    /** {@code localhost} has an address on every machine, so only a look-up that is not made gives none. */
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "cafe", "1.2.3.4.example", "10.0.0.1:80", "::1]x", ""})
    void namesAreNotLookedUp(String told) {
        assertThat(from(told).peerAddress()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "HTTP/1.1, 7, -, 7",
                "HTTP/1.1, -1, -, 0",
                "HTTP/1.1, -1, chunked, -1",
                "HTTP/2.0, -1, -, -1",
                "HTTP/2.0, 0, -, 0"
            })
    void aRequestIsAsLongAsItAnnounces(String protocol, long announced, @Nullable String encoding, long told) {
        HttpServletRequest request = stub(
                HttpServletRequest.class,
                Map.of("getProtocol", protocol, "getContentLengthLong", announced),
                encoding == null ? Map.of() : Map.of("Transfer-Encoding", encoding));
        assertThat(new ServletCall(request, new IdentityHolder()).requestBytes())
                .isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"12, 12", "0, 0", "-, -1", "'', -1", "twelve, -1", "'-5', -1", "9999999999999999999, -1"})
    void anAnswerIsAsLongAsItAnnounces(@Nullable String announced, long told) {
        HttpServletResponse response = stub(
                HttpServletResponse.class,
                Map.of(),
                announced == null ? Map.of() : Map.of("Content-Length", announced));
        HttpServletRequest request = stub(HttpServletRequest.class, Map.of(), Map.of());
        assertThat(new ServletCall(request, response, new IdentityHolder()).responseBytes())
                .isEqualTo(told);
    }

    private static ServletCall from(String remoteAddress) {
        return new ServletCall(
                stub(HttpServletRequest.class, Map.of("getRemoteAddr", remoteAddress), Map.of()), new IdentityHolder());
    }

    private static <T> T stub(Class<T> type, Map<String, Object> answers, Map<String, String> headers) {
        return type.cast(Proxy.newProxyInstance(
                ServletCallTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> method.getName().equals("getHeader")
                        ? headers.get(arguments[0])
                        : answers.get(method.getName())));
    }
}
