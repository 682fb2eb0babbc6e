// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;

/**
 * Hears what listeners do with those who never become a connection, to count it. Called on event loops: it adds to a
 * counter, returns, and does not throw.
 */
@ThreadSafe
public interface TransportEvents {
    /** Nobody counts. */
    TransportEvents NONE = new TransportEvents() {};

    /** A link was turned away, by the gate or for its first bytes. */
    default void refused(ReasonCode code) {}

    /** A TLS handshake failed: no trust, no common version or cipher, no TLS. */
    default void tlsHandshakeFailed() {}

    /** A listener stopped accepting, because file descriptors are nearly used up. */
    default void acceptingPaused() {}
}
