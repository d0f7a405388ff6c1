/** What calls came to and how long they took, counted where they end, for the graph of services that control planes draw. */
@NullMarked
package io.inmesh.tally;

import org.jspecify.annotations.NullMarked;
