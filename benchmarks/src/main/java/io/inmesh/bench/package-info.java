/** What the benchmarks of all kinds share. */
@NullMarked
package io.inmesh.bench;

import org.jspecify.annotations.NullMarked;
