package io.inmesh.server.drain;

/**
 * An instance that gets no new calls because an operator said so.
 *
 * @param namespace its namespace
 * @param instance its name, as {@code meshctl status} shows it
 * @param reason why, for other operators; empty if nobody said
 * @param by who said so
 * @param sinceEpochSecond since when
 */
public record Drain(String namespace, String instance, String reason, String by, long sinceEpochSecond) {}
