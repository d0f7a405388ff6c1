package io.inmesh.inbound;

import io.inmesh.live.LiveRequests;
import io.inmesh.load.LoadMeter;
import io.inmesh.observe.MeshObserver;
import io.inmesh.time.Clock;

/**
 * What all requests of a mesh share.
 *
 * @param observer told about every request
 * @param clock what times them and their deadlines
 * @param load what measures the load of this process
 * @param sources who sends them
 * @param live shown every request as it ends
 */
record InboundParts(MeshObserver observer, Clock clock, LoadMeter load, SourceTable sources, LiveRequests live) {}
