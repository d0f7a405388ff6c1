/**
 * What one call costs inside the process, in nanoseconds and bytes: the decision alone, and each adapter's whole hook next to the same
 * framework without it.
 */
@NullMarked
package io.inmesh.bench.micro;

import org.jspecify.annotations.NullMarked;
