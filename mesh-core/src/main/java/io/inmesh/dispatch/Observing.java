package io.inmesh.dispatch;

import io.inmesh.call.Attempt;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.CallObserver.RetryRefusal;
import io.inmesh.observe.MeshObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls observers so that one that throws changes nothing but the log. */
final class Observing {

    private static final Logger LOG = LoggerFactory.getLogger(Observing.class);

    private Observing() {}

    static CallObserver callStarted(MeshObserver observer, OutboundCall call) {
        try {
            return observer.callStarted(
                    call.call(),
                    call.virtualHost().name(),
                    call.route() == null ? null : call.route().name());
        } catch (RuntimeException | LinkageError e) {
            ignored(e);
            return CallObserver.NONE;
        }
    }

    /** {@return id of the trace of a call, empty if its observer knows none} */
    static String traceId(CallObserver observer) {
        try {
            return observer.callTraceId();
        } catch (RuntimeException | LinkageError e) {
            ignored(e);
            return "";
        }
    }

    static void delayed(CallObserver observer, long delayNanos) {
        try {
            observer.delayed(delayNanos);
        } catch (RuntimeException | LinkageError e) {
            ignored(e);
        }
    }

    static void attemptStarted(CallObserver observer, Attempt attempt) {
        try {
            observer.attemptStarted(attempt);
        } catch (RuntimeException | LinkageError e) {
            ignored(e);
        }
    }

    static void retrying(CallObserver observer, Attempt ended, long delayNanos) {
        try {
            observer.retrying(ended, delayNanos);
        } catch (RuntimeException | LinkageError e) {
            ignored(e);
        }
    }

    static void retryRefused(CallObserver observer, Attempt ended, RetryRefusal why) {
        try {
            observer.retryRefused(ended, why);
        } catch (RuntimeException | LinkageError e) {
            ignored(e);
        }
    }

    private static void ignored(Throwable e) {
        LOG.warn("An observer failed; the call goes on", e);
    }
}
