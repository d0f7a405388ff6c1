package io.inmesh.okhttp;

import io.inmesh.time.Scheduler;
import javax.net.SocketFactory;

/**
 * What all sockets of one client are made with.
 *
 * @param application the socket factory the application had
 * @param applicationProtocol ALPN name offered on mesh TLS
 * @param scheduler ends handshakes that take too long
 */
record SocketSettings(SocketFactory application, String applicationProtocol, Scheduler scheduler) {}
