/** Who may do what: authorization policies compiled to a decision on one canonical form of a request. */
@NullMarked
package io.inmesh.authz;

import org.jspecify.annotations.NullMarked;
