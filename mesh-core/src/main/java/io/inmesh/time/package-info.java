/** Every source of time and chance. The only package of the core that may touch the system clock or a random generator. */
@NullMarked
package io.inmesh.time;

import org.jspecify.annotations.NullMarked;
