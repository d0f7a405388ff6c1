/**
 * Joins a process to a control plane: brings configuration and certificates to its mesh, and tells the control plane about it.
 *
 * <p>Everything happens on one thread of its own ({@code inmesh-control}); gRPC's threads only hand events over to it. So there
 * are no locks, and the order of events is the order in which they are dealt with.
 */
@NullMarked
package io.inmesh.client;

import org.jspecify.annotations.NullMarked;
