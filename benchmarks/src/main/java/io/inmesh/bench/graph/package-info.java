/** What the graph of services costs the control server. */
@NullMarked
package io.inmesh.bench.graph;

import org.jspecify.annotations.NullMarked;
