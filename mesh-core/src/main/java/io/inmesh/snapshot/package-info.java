/** One compiled, immutable configuration, and the live state that outlives it. */
@NullMarked
package io.inmesh.snapshot;

import org.jspecify.annotations.NullMarked;
