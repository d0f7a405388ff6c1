package io.inmesh;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Predicates over calls in compiled classes. */
final class Calls {

    private Calls() {}

    /** {@return calls of any constructor of these types, calls from a subclass to its own superclass left out} */
    static DescribedPredicate<JavaConstructorCall> constructing(Class<?>... types) {
        Set<String> names = Arrays.stream(types).map(Class::getName).collect(Collectors.toSet());
        return DescribedPredicate.describe(
                "constructing " + names,
                call -> names.contains(call.getTargetOwner().getName())
                        && !call.getOriginOwner()
                                .getRawSuperclass()
                                .map(superclass -> names.contains(superclass.getName()))
                                .orElse(false));
    }
}
