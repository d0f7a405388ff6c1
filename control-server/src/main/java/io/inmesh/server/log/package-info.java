/** How much this server writes to its log. */
@NullMarked
package io.inmesh.server.log;

import org.jspecify.annotations.NullMarked;
