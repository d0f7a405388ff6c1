package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.testkit.TestCa;
import java.security.Provider;
import java.security.Security;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conscrypt is an option: whatever is wrong with it, there is TLS. */
class ClientTlsTest {

    /** As the real one says it. */
    public record Version(int major, int minor, int patch) {}

    /** A Conscrypt that works, as far as can be seen without native code. */
    public static class Working {
        public static Version version() {
            return new Version(2, 9, 0);
        }

        public static Provider newProvider() {
            return Security.getProvider("SunJSSE");
        }
    }

    /** Brings no native library for this machine. */
    public static class WithoutLibrary {
        public static Version version() {
            return new Version(2, 9, 0);
        }

        public static Provider newProvider() {
            throw new UnsatisfiedLinkError("no conscrypt_openjdk_jni-linux-s390x");
        }
    }

    /** Is a release nobody tried. */
    public static class Old {
        public static Version version() {
            return new Version(2, 5, 2);
        }

        public static Provider newProvider() {
            throw new AssertionError("not to be asked");
        }
    }

    /** Does not know its version. */
    public static class Nameless {
        public static Version version() {
            return null;
        }
    }

    /** Has no TLS at all. */
    public static class WithoutTls {
        public static Version version() {
            return new Version(3, 0, 0);
        }

        public static Provider newProvider() {
            return Security.getProvider("SUN");
        }
    }

    /** Is something else under the same name. */
    public static class Different {}

    @Test
    void conscryptIsUsedWhereItWorks() {
        ConscryptSearch search = ConscryptSearch.in(name -> Working.class);

        assertThat(search.provider()).isNotNull();
        assertThat(search.outcome()).isEqualTo("Conscrypt 2.9.0");
    }

    @Test
    void nothingIsWrongWhereItIsNotThere() {
        ConscryptSearch search = ConscryptSearch.in(ClientTlsTest::absent);

        assertThat(search).isEqualTo(new ConscryptSearch(null, "Conscrypt is not on the class path", false));
    }

    @ParameterizedTest
    @CsvSource({
        "WithoutLibrary, no conscrypt_openjdk_jni-linux-s390x",
        "Old, it is Conscrypt 2.5.2; use 2.6 or newer",
        "Nameless, it does not say which version it is",
        "WithoutTls, no such algorithm: TLSv1.3 for provider SUN",
        "Different, NoSuchMethodException"
    })
    void withoutAWorkingOneTheJdkIsUsedAndTheReasonSaid(String kind, String reason) {
        ConscryptSearch search = ConscryptSearch.in(name -> Class.forName(ClientTlsTest.class.getName() + "$" + kind));

        assertThat(search.provider()).isNull();
        assertThat(search.wanted()).isTrue();
        assertThat(search.outcome())
                .startsWith("Conscrypt is on the class path but cannot be used: ")
                .contains(reason);
    }

    @Test
    void classThatCannotBeLinkedIsAReasonToo() {
        ConscryptSearch search = ConscryptSearch.in(name -> {
            throw new UnsupportedClassVersionError("made for a newer Java");
        });

        assertThat(search.provider()).isNull();
        assertThat(search.outcome()).contains("made for a newer Java");
    }

    @Test
    void settingKeepsItOut() {
        assertThat(ClientTls.choose("jdk", name -> Working.class)).isNull();
        assertThat(ClientTls.choose("auto", name -> Working.class)).isNotNull();
    }

    @Test
    void providerThatSomebodyPutFirstStays() {
        Provider own = new Provider("Own", "1", "meets a standard") {};
        own.put("SSLContext.TLSv1.3", "own.Context");
        Security.insertProviderAt(own, 1);
        try {
            assertThat(ClientTls.choose("auto", name -> Working.class)).isNull();
            assertThat(ClientTls.ofRuntime()).isSameAs(own);
        } finally {
            Security.removeProvider("Own");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "conscrypt", "JDK"})
    void settingIsAutoOrJdkAndNothingElse(String setting) {
        assertThatThrownBy(() -> ClientTls.check(Map.of("INMESH_TLS_PROVIDER", setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INMESH_TLS_PROVIDER")
                .hasMessageContaining("jdk");
    }

    @Test
    void namesWithoutADotAndKeysItDoesNotSignWithAreLeftToTheJdk() {
        TestCa ca = TestCa.root("test.local");

        assertThat(ClientTls.fits(ca.rootCertificate(), ServerNames.of("reviews.default.svc.cluster.local")))
                .isTrue();
        assertThat(ClientTls.fits(null, ServerNames.of("127.0.0.1"))).isTrue();
        assertThat(ClientTls.fits(null, ServerNames.of("reviews"))).isFalse();
    }

    private static Class<?> absent(String name) throws ClassNotFoundException {
        throw new ClassNotFoundException(name);
    }
}
