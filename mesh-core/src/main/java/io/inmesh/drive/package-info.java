/**
 * The loops that carry out what a {@link io.inmesh.dispatch.Dispatch} decides, once for everybody: one for callers that block, one for
 * callers with callbacks. Adapters bring only the sending of a single attempt.
 */
@NullMarked
package io.inmesh.drive;

import org.jspecify.annotations.NullMarked;
