/**
 * The life of one outbound call: {@link io.inmesh.dispatch.Dispatch} is the hinge between the ring that every call passes once and the
 * ring that every attempt passes; {@code OutboundStages} writes down both. No I/O, no threads, no clock of its own.
 */
@NullMarked
package io.inmesh.dispatch;

import org.jspecify.annotations.NullMarked;
