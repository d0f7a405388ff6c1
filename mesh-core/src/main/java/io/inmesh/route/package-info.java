/**
 * Which cluster: virtual hosts by name and port, routes in order, destinations by weight; and what a route changes about a request.
 *
 * <p>Everything is compiled once from config and matched without allocation. What a route is ({@link io.inmesh.route.RouteRule}) is kept
 * apart from where it leads now ({@link io.inmesh.route.Route}), so that a change of endpoints compiles no regular expression again.
 */
@NullMarked
package io.inmesh.route;

import org.jspecify.annotations.NullMarked;
