/**
 * A deterministic discrete-event simulator that runs the mesh's own engine in virtual time: every client process is a real {@link
 * io.inmesh.Mesh} whose clock, timers and chance belong to the simulation, and whose attempts go to modelled replicas instead of
 * sockets. The same seed gives the same trace, to the last event.
 *
 * <pre>{@code
 * Simulation simulation = Simulation.seeded(42);
 * Fleet reviews = simulation.fleet("reviews", FleetSpec.of(50).workers(4).serviceTime(ServiceTime.normal(Duration.ofMillis(10))));
 * simulation.antagonise(reviews, 4.0);
 * ProcessSpec callers = ProcessSpec.calling(reviews).cluster(cluster -> cluster.withLoadBalancer(LoadBalancer.ROUND_ROBIN));
 * Clients clients = simulation.clients(100, callers);
 * clients.load(reviews, 0.75 * reviews.capacity(), Duration.ofSeconds(5));
 * Report report = simulation.run(Duration.ofSeconds(4), Duration.ofSeconds(16));
 * }</pre>
 *
 * <p>A {@link io.inmesh.testkit.simulation.Replica} has workers, a queue, a service time and a state (slow, failing, stuck, down); a {@link
 * io.inmesh.testkit.simulation.Fleet} is a service of some replicas; a {@link io.inmesh.testkit.simulation.ClientProcess} is whoever calls.
 * Replicas say how loaded they are on responses to attempts that ask for it, and answer probes past their queue.
 * Everything runs on the thread that calls {@link io.inmesh.testkit.simulation.Simulation#run}.
 */
@NullMarked
package io.inmesh.testkit.simulation;

import org.jspecify.annotations.NullMarked;
