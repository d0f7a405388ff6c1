/** Faults injected on purpose, to see how an application copes: delays and aborts, drawn independently for each call. */
@NullMarked
package io.inmesh.fault;

import org.jspecify.annotations.NullMarked;
