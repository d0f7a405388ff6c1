/**
 * Routes of the Gateway API that are attached to services (GAMMA): which route speaks for which service port, in which order its rules
 * are tried, where they lead, and what of that is reported in a route's status. Source: Gateway API {@code v1}, GEP-1294.
 */
@NullMarked
package io.inmesh.server.gateway;

import org.jspecify.annotations.NullMarked;
