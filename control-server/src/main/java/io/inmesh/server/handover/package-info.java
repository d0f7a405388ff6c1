/** Which processes a control server asks to go to other control servers, when, and how many at once. */
@NullMarked
package io.inmesh.server.handover;

import org.jspecify.annotations.NullMarked;
