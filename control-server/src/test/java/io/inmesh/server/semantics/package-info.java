/**
 * Writes {@code docs/semantics.md} by asking the code: every field of every accepted kind is taken out of a fixture that uses it, and what then changes
 * (in the config our library compiles, in what Envoy is sent, in what stock gRPC is sent) is what the field does.
 */
@NullMarked
package io.inmesh.server.semantics;

import org.jspecify.annotations.NullMarked;
