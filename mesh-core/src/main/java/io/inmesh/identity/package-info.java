/**
 * Who this process is and whom it trusts: SPIFFE identities, trust bundles, and TLS material that changes without
 * anything being rebuilt.
 */
@NullMarked
package io.inmesh.identity;

import org.jspecify.annotations.NullMarked;
