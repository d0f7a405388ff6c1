/**
 * Whether calls, changes and registrations survive when members of the control plane die, are cut off or stand still: three control servers on
 * three members of etcd, each on a machine of its own as far as its network goes, with a shop, many light processes and a writer.
 */
@NullMarked
package io.inmesh.bench.replicas;

import org.jspecify.annotations.NullMarked;
