/** The hash by which calls stick to endpoints. */
@NullMarked
package io.inmesh.hash;

import org.jspecify.annotations.NullMarked;
