/** Which cluster: virtual hosts and routes, compiled. */
@NullMarked
package io.inmesh.route;

import org.jspecify.annotations.NullMarked;
