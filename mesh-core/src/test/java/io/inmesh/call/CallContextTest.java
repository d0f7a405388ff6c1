package io.inmesh.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.drive.ContextPropagation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallContextTest {

    private static final CallContext RETRIED = new CallContext(500, 2, Criticality.SHEDDABLE);

    @Test
    void nothingIsBoundToAFreshThread() {
        assertThat(CallContext.current()).isSameAs(CallContext.NONE);
        assertThat(CallContext.NONE.repeated()).isFalse();
    }

    @Test
    void isBoundUntilItsScopeIsClosedAndThenRestoresTheOneBefore() {
        CallContext inner = new CallContext(9, 1, Criticality.CRITICAL);
        try (CallContext.Scope outer = RETRIED.bind()) {
            try (CallContext.Scope nested = inner.bind()) {
                assertThat(CallContext.current()).isSameAs(inner);
            }
            assertThat(CallContext.current()).isSameAs(RETRIED);
            assertThat(CallContext.current().repeated()).isTrue();
        }
        assertThat(CallContext.current()).isSameAs(CallContext.NONE);
    }

    @Test
    void travelsWithWrappedTasksAndLeavesTheThreadAsItWas() throws Exception {
        List<CallContext> seen = new ArrayList<>();
        Callable<CallContext> asking = CallContext::current;
        RETRIED.wrap(() -> {
                    seen.add(CallContext.current());
                })
                .run();
        assertThat(seen).containsExactly(RETRIED);
        assertThat(RETRIED.wrap(asking).call()).isSameAs(RETRIED);
        assertThat(CallContext.current()).isSameAs(CallContext.NONE);
    }

    @Test
    void aTaskThatThrowsLeavesNothingBehind() {
        Runnable failing = () -> {
            throw new IllegalStateException("task");
        };
        assertThatThrownBy(RETRIED.wrap(failing)::run).hasMessage("task");
        assertThat(CallContext.current()).isSameAs(CallContext.NONE);
    }

    @Test
    void anExecutorCanTakeItAlong() {
        Deque<Runnable> queue = new ArrayDeque<>();
        List<CallContext> seen = new ArrayList<>();
        try (CallContext.Scope ignored = RETRIED.bind()) {
            ContextPropagation.through(queue::add).execute(() -> seen.add(CallContext.current()));
        }
        queue.remove().run();
        assertThat(seen).containsExactly(RETRIED);
    }

    @ParameterizedTest
    @CsvSource({
        "critical-plus, CRITICAL_PLUS",
        "critical, CRITICAL",
        "sheddable-plus, SHEDDABLE_PLUS",
        "Sheddable, SHEDDABLE",
        "whatever, CRITICAL",
        ", CRITICAL"
    })
    void criticalityIsReadFromItsHeader(String header, Criticality expected) {
        assertThat(Criticality.of(header)).isEqualTo(expected);
    }
}
