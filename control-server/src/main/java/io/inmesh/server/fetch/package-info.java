/** Asks other servers that the operator's settings name, and no others: over TLS, with limits for bytes and time. */
@NullMarked
package io.inmesh.server.fetch;

import org.jspecify.annotations.NullMarked;
