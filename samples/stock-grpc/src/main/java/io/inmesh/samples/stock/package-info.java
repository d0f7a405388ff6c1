/** A gRPC client that takes everything from xDS and nothing from Inmesh. */
@NullMarked
package io.inmesh.samples.stock;

import org.jspecify.annotations.NullMarked;
