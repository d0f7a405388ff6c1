/** The control servers that share a store: which there are, and which of them does what only one may do. */
@NullMarked
package io.inmesh.server.replica;

import org.jspecify.annotations.NullMarked;
