/**
 * Sight: what happens to calls, told to metrics, traces and whoever else listens. Observers cannot change the fate of a call; one
 * that throws is logged and ignored. Whatever depends on names (meters, attributes) is resolved once per route and cluster, not
 * per call.
 */
@NullMarked
package io.inmesh.observe;

import org.jspecify.annotations.NullMarked;
