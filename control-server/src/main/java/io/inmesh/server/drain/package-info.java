/** Which instances operators keep calls away from, whatever those say about themselves. */
@NullMarked
package io.inmesh.server.drain;

import org.jspecify.annotations.NullMarked;
