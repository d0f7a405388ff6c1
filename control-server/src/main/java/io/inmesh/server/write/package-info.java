/** How configuration changes: read, judged as a whole, and written or refused as a whole. */
@NullMarked
package io.inmesh.server.write;

import org.jspecify.annotations.NullMarked;
