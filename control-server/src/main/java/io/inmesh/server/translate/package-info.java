/**
 * Turns rules and services into xDS resources, once per change and shared between clients that see the same. Start at
 * {@link io.inmesh.server.translate.Translator}. A pure function: no I/O, no clock, no randomness.
 */
@NullMarked
package io.inmesh.server.translate;

import org.jspecify.annotations.NullMarked;
