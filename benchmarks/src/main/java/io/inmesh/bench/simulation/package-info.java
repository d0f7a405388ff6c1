/** What {@code docs/balancing.md} claims, computed: small scenarios that run the mesh's engine in virtual time and fill the tables there. */
@NullMarked
package io.inmesh.bench.simulation;

import org.jspecify.annotations.NullMarked;
