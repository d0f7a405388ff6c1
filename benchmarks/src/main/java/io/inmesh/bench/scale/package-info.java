/** What thousands of connected processes cost one control server. */
@NullMarked
package io.inmesh.bench.scale;

import org.jspecify.annotations.NullMarked;
