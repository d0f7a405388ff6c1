/** The shape of one policy concern: admit work, then be told once how it ended. A list of stages is a stage. */
@NullMarked
package io.inmesh.stage;

import org.jspecify.annotations.NullMarked;
