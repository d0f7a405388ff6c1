/**
 * What happens to a request that comes in: one ring of stages, written once, whatever server it came through. Adapters ask for an
 * {@link io.inmesh.inbound.Admission}, answer for it if it refuses, and settle it when the application is really done.
 */
@NullMarked
package io.inmesh.inbound;

import org.jspecify.annotations.NullMarked;
