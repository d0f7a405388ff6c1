/**
 * Reads mesh rules (VirtualService, DestinationRule, policies) without interpreting them for any wire format: field access with
 * paths, host names, export scopes, selectors, precedence between rules. Everything here is a pure function of resources.
 */
@NullMarked
package io.inmesh.server.rule;

import org.jspecify.annotations.NullMarked;
