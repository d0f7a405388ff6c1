/** Who may use the REST interface and the console: whom a caller proves to be, what that role may do where, and how often it may ask. */
@NullMarked
package io.inmesh.server.access;

import org.jspecify.annotations.NullMarked;
