package io.inmesh.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events of this library in recordings of Java Flight Recorder (JEP 328). Those that come with calls are off in a recording unless its
 * settings turn them on; the others are rare, and on. Durations are in nanoseconds. Empty is unknown.
 */
final class FlightEvents {

    private FlightEvents() {}

    /** What all of them share: a group of their own, and no stack trace, which would only show the mesh. */
    @Category("Inmesh")
    @StackTrace(false)
    abstract static class MeshEvent extends Event {}

    @Name("inmesh.Attempt")
    @Label("Attempt")
    @Description("An endpoint was picked, and how the attempt that it was picked for ended")
    @Enabled(false)
    static final class AttemptEnded extends MeshEvent {
        @Label("Virtual host")
        String virtualHost = "";

        @Label("Route")
        @Nullable
        String route;

        @Label("Cluster")
        String cluster = "";

        @Label("Endpoint")
        String endpoint = "";

        @Label("Number")
        @Description("1 for the first attempt of a call, 2 for the first retry, and so on")
        int number;

        @Label("Outcome")
        String outcome = "";

        @Label("Time taken")
        @Timespan(Timespan.NANOSECONDS)
        long taken;
    }

    @Name("inmesh.Call")
    @Label("Call")
    @Description("A call ended, with its retries and refusals by the mesh")
    @Enabled(false)
    static final class CallEnded extends MeshEvent {
        @Label("Virtual host")
        String virtualHost = "";

        @Label("Route")
        @Nullable
        String route;

        @Label("Attempts")
        @Description("How many were sent")
        int attempts;

        @Label("Outcome")
        String outcome = "";

        @Label("Time taken")
        @Timespan(Timespan.NANOSECONDS)
        long taken;
    }

    @Name("inmesh.RetryRefused")
    @Label("Retry Refused")
    @Description("An attempt failed that could have been repeated, and was not")
    static final class RetryRefused extends MeshEvent {
        @Label("Cluster")
        String cluster = "";

        @Label("Endpoint")
        @Description("Where the attempt had failed")
        String endpoint = "";

        @Label("Reason")
        String reason = "";
    }

    @Name("inmesh.Ejection")
    @Label("Ejection")
    @Description("An endpoint was taken out of rotation by outlier detection")
    static final class Ejected extends MeshEvent {
        @Label("Cluster")
        String cluster = "";

        @Label("Endpoint")
        String endpoint = "";

        @Label("Rule")
        String rule = "";

        @Label("Why")
        String why = "";

        @Label("For")
        @Timespan(Timespan.NANOSECONDS)
        long period;
    }

    @Name("inmesh.Return")
    @Label("Return")
    @Description("An endpoint that was ejected is in rotation again")
    static final class Returned extends MeshEvent {
        @Label("Cluster")
        String cluster = "";

        @Label("Endpoint")
        String endpoint = "";
    }

    @Name("inmesh.HealthCheck")
    @Label("Health Check Changed")
    @Description("What health checks have shown of an endpoint is another now")
    static final class CheckChanged extends MeshEvent {
        @Label("Cluster")
        String cluster = "";

        @Label("Endpoint")
        String endpoint = "";

        @Label("Verdict")
        String verdict = "";

        @Label("Why")
        String why = "";
    }

    @Name("inmesh.Breaker")
    @Label("Breaker Changed")
    @Description("The failure-rate breaker of a cluster opened, tries or closed")
    static final class BreakerChanged extends MeshEvent {
        @Label("Cluster")
        String cluster = "";

        @Label("From")
        String from = "";

        @Label("To")
        String to = "";
    }

    @Name("inmesh.ConfigApplied")
    @Label("Configuration Applied")
    static final class ConfigApplied extends MeshEvent {
        @Label("Version")
        String version = "";

        @Label("Time taken")
        @Description("To compile and to publish")
        @Timespan(Timespan.NANOSECONDS)
        long taken;
    }

    @Name("inmesh.ConfigRejected")
    @Label("Configuration Rejected")
    @Description("A configuration was refused, and the one before stays")
    static final class ConfigRejected extends MeshEvent {
        @Label("Version")
        String version = "";

        @Label("Problems")
        String problems = "";
    }

    @Name("inmesh.IdentityChanged")
    @Label("Identity Changed")
    @Description("This process has another certificate, or trusts other roots")
    static final class IdentityChanged extends MeshEvent {
        @Label("Identity")
        String identity = "";

        @Label("Epoch")
        @Description("Number of identities this process has had")
        long epoch;

        @Label("Serial")
        @Description("Of the certificate, in hexadecimal digits")
        String serial = "";
    }
}
