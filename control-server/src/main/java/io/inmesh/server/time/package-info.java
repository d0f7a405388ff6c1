/** Where the server learns what time it is and has things done later, so that tests can decide both. */
@NullMarked
package io.inmesh.server.time;

import org.jspecify.annotations.NullMarked;
