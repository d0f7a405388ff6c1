package io.inmesh.identity;

import java.lang.reflect.InvocationTargetException;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * What came of looking for Conscrypt, an optional TLS provider with native code. It is used through an object of its own and never
 * installed, so nothing else in the process changes.
 *
 * @param provider the provider; null if there is none to use
 * @param outcome which one it is, or why there is none
 * @param wanted whether it is there, so that having none is a surprise
 */
record ConscryptSearch(@Nullable Provider provider, String outcome, boolean wanted) {

    private static final String PACKAGE = "org.conscrypt.";

    /** Older ones were not tried. */
    private static final int OLDEST_MAJOR = 2;

    private static final int OLDEST_MINOR = 6;

    /** Finds classes by name. */
    interface Classes {
        Class<?> find(String name) throws ClassNotFoundException;
    }

    static ConscryptSearch in(Classes classes) {
        Class<?> conscrypt;
        try {
            conscrypt = classes.find(PACKAGE + "Conscrypt");
        } catch (ClassNotFoundException absent) {
            return new ConscryptSearch(null, "Conscrypt is not on the class path", false);
        } catch (LinkageError e) {
            return unusable(e);
        }
        try {
            return found(conscrypt);
        } catch (InvocationTargetException e) {
            return unusable(e.getCause());
        } catch (ReflectiveOperationException | GeneralSecurityException | RuntimeException | LinkageError e) {
            return unusable(e);
        }
    }

    private static ConscryptSearch found(Class<?> conscrypt)
            throws ReflectiveOperationException, GeneralSecurityException {
        Object version = conscrypt.getMethod("version").invoke(null);
        if (version == null) {
            return unusable("it does not say which version it is");
        }
        int major = part(version, "major");
        int minor = part(version, "minor");
        String name = "Conscrypt " + major + "." + minor + "." + part(version, "patch");
        if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
            return unusable("it is " + name + "; use " + OLDEST_MAJOR + "." + OLDEST_MINOR + " or newer");
        }
        Provider provider = (Provider) conscrypt.getMethod("newProvider").invoke(null);
        SSLContext context = SSLContext.getInstance(TlsContexts.PROTOCOL, provider);
        context.init(null, null, null);
        SSLParameters supported = context.getSupportedSSLParameters();
        Set<String> missing = new HashSet<>(TlsVersion.TLS_1_2.cipherSuites());
        missing.addAll(TlsVersion.TLS_1_2.protocols());
        missing.removeAll(List.of(supported.getCipherSuites()));
        missing.removeAll(List.of(supported.getProtocols()));
        return missing.isEmpty()
                ? new ConscryptSearch(provider, name, true)
                : unusable(name + " knows no " + String.join(", ", missing));
    }

    private static int part(Object version, String name) throws ReflectiveOperationException {
        return (int) version.getClass().getMethod(name).invoke(version);
    }

    private static ConscryptSearch unusable(@Nullable Throwable cause) {
        return unusable(String.valueOf(cause));
    }

    private static ConscryptSearch unusable(String why) {
        return new ConscryptSearch(null, "Conscrypt is on the class path but cannot be used: " + why, true);
    }

    /** {@return whether something is made by Conscrypt, whoever installed it} */
    static boolean made(Object object) {
        return object.getClass().getName().startsWith(PACKAGE);
    }
}
