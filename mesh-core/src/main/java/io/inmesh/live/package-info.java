/** What goes through this process right now, for those who ask: requests as they end, and those that failed lately. */
@NullMarked
package io.inmesh.live;

import org.jspecify.annotations.NullMarked;
