/**
 * One compiled, immutable configuration, and the live state that outlives it. {@link io.inmesh.snapshot.SnapshotCompiler} checks a config,
 * then compiles it, and shares with the previous snapshot all that stayed equal.
 */
@NullMarked
package io.inmesh.snapshot;

import org.jspecify.annotations.NullMarked;
