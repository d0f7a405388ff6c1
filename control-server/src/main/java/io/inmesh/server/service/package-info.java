/**
 * The services of the mesh and where they run: core {@code Service}, {@code ServiceEntry}, {@code WorkloadEntry} and self-registered
 * workloads joined into one immutable index. Start at {@link io.inmesh.server.service.ServiceIndex}.
 */
@NullMarked
package io.inmesh.server.service;

import org.jspecify.annotations.NullMarked;
