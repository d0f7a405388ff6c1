package io.inmesh.endpoint;

import io.inmesh.load.ServerLoad;

/**
 * What an endpoint said about its load.
 *
 * @param load what it said
 * @param atNanos monotonic time it holds for
 * @param probed whether it was asked, rather than said it on a response
 * @param sends {@link Experience#sends} at that time, so that what was sent since can be added
 */
public record LoadSample(ServerLoad load, long atNanos, boolean probed, int sends) {}
