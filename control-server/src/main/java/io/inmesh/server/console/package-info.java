/** What of the web console is sent to browsers, and how long they may keep it. */
@NullMarked
package io.inmesh.server.console;

import org.jspecify.annotations.NullMarked;
