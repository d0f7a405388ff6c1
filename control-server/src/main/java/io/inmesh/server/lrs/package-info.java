/** Load reports from clients (xDS LRS): who calls whom how often and with what success. */
@NullMarked
package io.inmesh.server.lrs;

import org.jspecify.annotations.NullMarked;
