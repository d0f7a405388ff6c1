package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.identity.IdentityHolder;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
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

    private static ServletCall from(String remoteAddress) {
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                ServletCallTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> method.getName().equals("getRemoteAddr") ? remoteAddress : null);
        return new ServletCall(request, new IdentityHolder());
    }
}
