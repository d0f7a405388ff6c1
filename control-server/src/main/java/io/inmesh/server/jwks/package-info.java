/**
 * How the server comes by the keys of token issuers: from addresses that its settings allow, in the background, and never at the wish of
 * whoever writes a resource alone.
 */
@NullMarked
package io.inmesh.server.jwks;

import org.jspecify.annotations.NullMarked;
