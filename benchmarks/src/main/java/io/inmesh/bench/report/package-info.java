/** Turns measurements into one table: estimates with intervals, goals, and whether they are met. Arithmetic only; measures nothing. */
@NullMarked
package io.inmesh.bench.report;

import org.jspecify.annotations.NullMarked;
