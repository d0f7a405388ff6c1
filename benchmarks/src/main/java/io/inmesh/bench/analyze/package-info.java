/** What it costs to judge the configuration of a large mesh, as {@code meshctl analyze} does before anything is applied. */
@NullMarked
package io.inmesh.bench.analyze;

import org.jspecify.annotations.NullMarked;
