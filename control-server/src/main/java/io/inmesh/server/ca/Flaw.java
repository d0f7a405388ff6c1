package io.inmesh.server.ca;

/**
 * Something that is wrong with certificates.
 *
 * @param refused whether somebody who verifies them refuses them for it now; else it is about to be so
 * @param problem what is wrong
 * @param remedy what to do about it
 */
public record Flaw(boolean refused, String problem, String remedy) {}
