package io.inmesh.server.registry;

import java.time.Duration;

/**
 * A process that nobody holds a connection to.
 *
 * @param nodeId which
 * @param group what it is an instance of
 * @param lasting how long nobody has
 * @param over whether that is long enough to let it go, as far as it alone is concerned
 */
record Absence(String nodeId, String group, Duration lasting, boolean over) {}
