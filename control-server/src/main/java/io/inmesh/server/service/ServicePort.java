package io.inmesh.server.service;

/**
 * A port callers name.
 *
 * @param number the number callers use
 * @param name its name in the service, possibly empty
 * @param protocol what it speaks
 * @param targetPort the endpoints' port, a number or a name; empty if the same as {@code number}
 */
public record ServicePort(int number, String name, Protocol protocol, String targetPort) {}
