/**
 * Asking endpoints for their load. The engine decides whom to ask and when; an adapter asks, over the connections it has.
 *
 * <p>A simulation takes part by two things: a {@link io.inmesh.probe.Prober} given to {@code Mesh.prober}, which hands each {@link
 * io.inmesh.probe.Probe} to the modelled server and answers it in virtual time; and {@link io.inmesh.call.Attempt#reportLoad} with what that
 * server says on each response where {@link io.inmesh.call.Attempt#asksForLoad} holds.
 */
@NullMarked
package io.inmesh.probe;

import org.jspecify.annotations.NullMarked;
