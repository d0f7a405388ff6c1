/**
 * How the core has an external authorizer asked about a request (Istio {@code action: CUSTOM}, Envoy {@code ext_authz}): it says whom and
 * what, an adapter asks and tells the answer, and the core decides what that means.
 */
@NullMarked
package io.inmesh.external;

import org.jspecify.annotations.NullMarked;
