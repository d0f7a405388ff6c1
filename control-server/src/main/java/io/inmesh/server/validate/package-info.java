/** What may be wrong with a resource, and how that is said. */
@NullMarked
package io.inmesh.server.validate;

import org.jspecify.annotations.NullMarked;
