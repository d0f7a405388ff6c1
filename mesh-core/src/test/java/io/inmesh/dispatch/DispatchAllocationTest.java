package io.inmesh.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome.Response;
import io.inmesh.call.Step;
import io.inmesh.config.RouteConfig;
import io.inmesh.testkit.FakeCall;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** The budget of a call that needs nothing special: deciding and accounting, without what a transport or telemetry allocates. */
class DispatchAllocationTest {

    private static final int BUDGET_BYTES = 200;
    private static final int CALLS = 200_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aSimpleCallStaysWithinTwoHundredBytes() {
        Scene scene = new Scene(RouteConfig.to("reviews"), Scene.endpoints(3));
        Call call = FakeCall.get("/");
        run(scene, call);

        long before = threads.getCurrentThreadAllocatedBytes();
        run(scene, call);
        long perCall = (threads.getCurrentThreadAllocatedBytes() - before) / CALLS;

        assertThat(perCall).isLessThanOrEqualTo(BUDGET_BYTES);
    }

    private static void run(Scene scene, Call call) {
        for (int i = 0; i < CALLS; i++) {
            Dispatch dispatch = scene.dispatch(call);
            Step end = dispatch.settle((Attempt) dispatch.start(), Response.http(200));
            if (!(end instanceof Step.Done)) {
                throw new AssertionError(end);
            }
        }
    }
}
