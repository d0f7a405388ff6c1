package io.inmesh.health;

/**
 * An endpoint that a rule wants ejected.
 *
 * @param history whose
 * @param reason the rule
 * @param enforcingPercent how often the rule is to be obeyed
 * @param why one short sentence with the figures
 */
record Finding(EndpointHistory history, EjectionReason reason, int enforcingPercent, String why) {}
