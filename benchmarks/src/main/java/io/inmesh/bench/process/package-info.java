/** Processes that a measurement starts, and how it talks to them. */
@NullMarked
package io.inmesh.bench.process;

import org.jspecify.annotations.NullMarked;
