/**
 * What the mesh costs a client that makes real calls: one process serves, others call it, each client in its own way, and they take turns.
 */
@NullMarked
package io.inmesh.bench.macro;

import org.jspecify.annotations.NullMarked;
