/** How much one caller may ask of the gRPC listeners, so that none can exhaust the server. */
@NullMarked
package io.inmesh.server.limit;

import org.jspecify.annotations.NullMarked;
