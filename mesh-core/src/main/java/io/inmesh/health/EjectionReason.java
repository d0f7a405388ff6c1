package io.inmesh.health;

/** The rule by which an endpoint is ejected. Source: Envoy {@code OutlierEjectionType}. */
public enum EjectionReason {
    /** Too many 5xx answers in a row. */
    CONSECUTIVE_5XX,
    /** Too many 502, 503 and 504 answers in a row. */
    CONSECUTIVE_GATEWAY,
    /** Too many failures without an answer in a row. */
    CONSECUTIVE_LOCAL_ORIGIN,
    /** Succeeds clearly less often than the others. */
    SUCCESS_RATE,
    /** Is reached clearly less often than the others. */
    SUCCESS_RATE_LOCAL_ORIGIN,
    /** Fails more than a fixed share of the attempts. */
    FAILURE_PERCENTAGE,
    /** Cannot be reached in more than a fixed share of the attempts. */
    FAILURE_PERCENTAGE_LOCAL_ORIGIN
}
