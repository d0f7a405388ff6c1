package io.inmesh.check;

/**
 * What an endpoint answered.
 *
 * @param passed whether it is well
 * @param decisive whether this answer is enough to put it out, whatever the threshold. Source: Envoy, for HTTP status codes that
 *     are neither expected nor retriable
 * @param why what was wrong; empty if nothing was
 */
public record CheckResult(boolean passed, boolean decisive, String why) {

    /** It is well. */
    public static final CheckResult PASSED = new CheckResult(true, false, "");

    /** {@return a failure that counts towards the threshold} */
    public static CheckResult failed(String why) {
        return new CheckResult(false, false, why);
    }
}
