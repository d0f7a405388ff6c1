/** Services that are found by asking DNS: SRV records, or addresses. */
@NullMarked
package io.inmesh.server.source.dns;

import org.jspecify.annotations.NullMarked;
