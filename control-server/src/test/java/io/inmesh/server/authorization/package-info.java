/** AuthorizationPolicies, from what people write to what a workload answers, against what Istio and Envoy make of them. */
@NullMarked
package io.inmesh.server.authorization;

import org.jspecify.annotations.NullMarked;
