package io.inmesh.observe;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/**
 * Tells of which kind a span is. The API cannot; the spans of the SDK can, through an interface that is not on the class path of who uses
 * the API only, so it is looked for once per class of spans.
 */
final class SpanKinds {

    private static final String READABLE = "io.opentelemetry.sdk.trace.ReadableSpan";

    private static final ClassValue<Optional<MethodHandle>> READERS = new ClassValue<>() {
        @Override
        protected Optional<MethodHandle> computeValue(Class<?> type) {
            return readable(type).flatMap(SpanKinds::reader);
        }
    };

    private SpanKinds() {}

    /** {@return whether a span is known to be of a kind} */
    static boolean is(Span span, SpanKind kind) {
        Optional<MethodHandle> reader = READERS.get(span.getClass());
        if (reader.isEmpty()) {
            return false;
        }
        try {
            return (Object) reader.get().invoke(span) == kind;
        } catch (Throwable unreadable) {
            return false;
        }
    }

    private static Optional<Class<?>> readable(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (Class<?> face : at.getInterfaces()) {
                if (face.getName().equals(READABLE)) {
                    return Optional.of(face);
                }
                Optional<Class<?>> above = readable(face);
                if (above.isPresent()) {
                    return above;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<MethodHandle> reader(Class<?> face) {
        try {
            return Optional.of(MethodHandles.publicLookup()
                    .findVirtual(face, "getKind", MethodType.methodType(SpanKind.class))
                    .asType(MethodType.methodType(Object.class, Span.class)));
        } catch (ReflectiveOperationException | RuntimeException other) {
            return Optional.empty();
        }
    }
}
