/**
 * Who is out: endpoints that leave rotation because of what calls to them experienced, and when they come back. What a registry
 * says about health is not here; balancers combine both.
 */
@NullMarked
package io.inmesh.health;

import org.jspecify.annotations.NullMarked;
