/** Why a decision came out as it did. */
@NullMarked
package io.inmesh.explain;

import org.jspecify.annotations.NullMarked;
