/**
 * For tests of the mesh and of services that use it: time that moves when told to, chance that repeats, and a certificate authority
 * whose certificates pass every check (or break exactly one).
 */
@NullMarked
package io.inmesh.testkit;

import org.jspecify.annotations.NullMarked;
