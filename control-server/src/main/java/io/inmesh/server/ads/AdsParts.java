package io.inmesh.server.ads;

import io.inmesh.server.limit.Limits;
import io.inmesh.server.registry.RegistrationRules;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.time.Timer;
import java.time.InstantSource;

/**
 * What clients' streams are served from.
 *
 * @param source the resources
 * @param registry where processes are registered
 * @param hub all streams
 * @param timer for what has to happen later
 * @param clock the time of day
 * @param limits what one client may ask for
 * @param registration what a process may say about itself
 */
public record AdsParts(
        ResourceSource source,
        WorkloadRegistry registry,
        StreamHub hub,
        Timer timer,
        InstantSource clock,
        Limits limits,
        RegistrationRules registration) {}
