package io.inmesh.observe;

import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether the application's SDK decides about traces in OpenTelemetry's usual way: as the parent was decided about, and without one
 * always, never, or by the trace id. Attributes have no say then, and a parent that is not kept has no kept children, so that neither has
 * to be tried call by call. Any other sampler is asked about every span, with all attributes, and its word counts.
 *
 * <p>The API knows nothing of samplers and the SDK is not on the class path of everybody, so its public methods are found by name. What is
 * different from what is expected here counts as another sampler.
 */
final class StandardSampler {

    private static final Logger LOG = LoggerFactory.getLogger(StandardSampler.class);

    private static final String SAMPLER = "io.opentelemetry.sdk.trace.samplers.Sampler";
    private static final String RATIO = "TraceIdRatioBased{";

    private StandardSampler() {}

    /** {@return whether an SDK is known to decide in the usual way} */
    static boolean of(OpenTelemetry openTelemetry) {
        try {
            Object provider = provider(openTelemetry);
            Object sampler = provider == null ? null : call(provider, "getSampler");
            return sampler != null && isStandard(sampler);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError other) {
            LOG.debug("It is not known how the SDK decides about traces, so it is asked with all attributes", other);
            return false;
        }
    }

    private static @Nullable Object provider(OpenTelemetry openTelemetry) throws ReflectiveOperationException {
        return has(openTelemetry, "getSdkTracerProvider")
                ? call(openTelemetry, "getSdkTracerProvider")
                : call(behind(openTelemetry), "getSdkTracerProvider");
    }

    /** What is registered for the whole process is wrapped, so that nobody ends it by mistake; there is no public way to look behind that. */
    private static Object behind(OpenTelemetry wrapper) throws ReflectiveOperationException {
        Field delegate = wrapper.getClass().getDeclaredField("delegate");
        delegate.setAccessible(true);
        return delegate.get(wrapper);
    }

    /** A sampler is compared with those that the SDK makes itself: its description could be that of another which it only asks sometimes. */
    private static boolean isStandard(Object sampler) throws ReflectiveOperationException {
        Class<?> type = Class.forName(SAMPLER, false, sampler.getClass().getClassLoader());
        Method parentBased = type.getMethod("parentBased", type);
        for (Object root : new Object[] {
            type.getMethod("alwaysOn").invoke(null), type.getMethod("alwaysOff").invoke(null), byTraceId(type, sampler)
        }) {
            if (root != null && sampler.equals(parentBased.invoke(null, root))) {
                return true;
            }
        }
        return false;
    }

    /** {@return a sampler with the share that another one says it keeps, null if it says none} */
    private static @Nullable Object byTraceId(Class<?> type, Object sampler) throws ReflectiveOperationException {
        String description = String.valueOf(call(sampler, "getDescription"));
        int begin = description.indexOf(RATIO) + RATIO.length();
        int end = description.indexOf('}', begin);
        if (begin < RATIO.length() || end < 0) {
            return null;
        }
        double share = Double.parseDouble(description.substring(begin, end));
        return type.getMethod("traceIdRatioBased", double.class).invoke(null, share);
    }

    private static boolean has(Object target, String method) {
        for (Method one : target.getClass().getMethods()) {
            if (one.getName().equals(method) && one.getParameterCount() == 0) {
                return true;
            }
        }
        return false;
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        Method found = target.getClass().getMethod(method);
        // Public in an interface that is, while the class behind it may not be.
        found.setAccessible(true);
        return found.invoke(target);
    }
}
