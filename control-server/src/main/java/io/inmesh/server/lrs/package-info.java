/** Load reports from clients (xDS LRS): who calls whom, with what success, and who is passed over. */
@NullMarked
package io.inmesh.server.lrs;

import org.jspecify.annotations.NullMarked;
