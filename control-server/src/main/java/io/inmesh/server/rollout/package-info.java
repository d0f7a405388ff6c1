/** Shifts traffic to a new version step by step, judges it by what came of its requests, and goes on, waits or goes back by itself. */
@NullMarked
package io.inmesh.server.rollout;

import org.jspecify.annotations.NullMarked;
