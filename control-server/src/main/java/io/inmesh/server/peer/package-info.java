/** What control servers on one store tell and ask each other about the processes that are connected to them. */
@NullMarked
package io.inmesh.server.peer;

import org.jspecify.annotations.NullMarked;
