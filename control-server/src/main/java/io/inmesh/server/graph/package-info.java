/** Who calls whom, how often, with what success and how fast: the graph of services of the last hour, from what processes report of themselves. */
@NullMarked
package io.inmesh.server.graph;

import org.jspecify.annotations.NullMarked;
