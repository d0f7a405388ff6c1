/**
 * The nouns every other package speaks: what the application asked for ({@link io.inmesh.call.Call}), one try of it
 * ({@link io.inmesh.call.Attempt}), how it ended ({@link io.inmesh.call.Outcome}), and what to do next
 * ({@link io.inmesh.call.Step}).
 */
@NullMarked
package io.inmesh.call;

import org.jspecify.annotations.NullMarked;
