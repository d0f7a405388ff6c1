/** The part of CEL that resources of this mesh may hold as conditions of access logs: comparisons of known attributes, and, or, not. */
@NullMarked
package io.inmesh.xds.cel;

import org.jspecify.annotations.NullMarked;
