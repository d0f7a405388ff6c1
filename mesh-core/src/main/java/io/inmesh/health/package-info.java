/**
 * Who is well. Three opinions about an endpoint are kept apart, each with one owner, and an endpoint takes calls if none speaks
 * against it:
 *
 * <pre>
 * reported   the registry (EDS)       HEALTHY · UNHEALTHY · DRAINING    EndpointConfig.health
 * passive    what calls experience    in rotation ⇄ ejected             EjectionState, by OutlierDetection
 * active     what checks experience   unchecked → passing ⇄ failing     CheckState, by ActiveChecks
 *
 * usable = reported HEALTHY and not ejected and not failing
 * </pre>
 *
 * <ul>
 *   <li>An endpoint that was not checked yet stands as reported. Envoy keeps it out until its first pass, which strands the traffic of a
 *       cluster whose endpoints are all new.
 *   <li>No opinion overrules another: a check that passes does not end an ejection, since calls fail for reasons that a check does
 *       not see; and nobody asks an endpoint that is not reported well.
 *   <li>Too few usable endpoints are a matter of the balancer's panic rule, which then uses all that do not drain. So neither
 *       ejections nor checks ever leave a cluster without endpoint.
 *   <li>An endpoint that the registry removes is gone at once, whatever checks say; when it comes back it begins anew. One that stays in
 *       the config keeps its ejection and its verdict over every other change.
 * </ul>
 *
 * <p>{@code docs/health.md} tells users the same.
 */
@NullMarked
package io.inmesh.health;

import org.jspecify.annotations.NullMarked;
