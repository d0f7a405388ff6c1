package io.inmesh.server.ads;

/**
 * One type on one stream.
 *
 * @param state what the client subscribes to and has
 * @param delivery what became of the responses
 */
record Delivered(TypeState state, Delivery delivery) {}
