// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Decides by address alone who may come near a listener, and counts who is inside. Several listeners may share one.
 *
 * <p>Called on event loops, once or twice a connection: it is fast, it does not block, and it does not throw.
 *
 * <pre>
 *   TCP   accepted: isWelcome, enter ──► ... ──► closed: leave        behind a proxy: when its header has come
 *   UDP   each datagram of a handshake: isWelcome;  proven: enter ──► closed: leave
 * </pre>
 */
@ThreadSafe
public interface ConnectionGate {
    /** Everybody may. */
    ConnectionGate OPEN = new ConnectionGate() {
        @Override
        public boolean isWelcome(InetAddress peer) {
            return true;
        }

        @Override
        public @Nullable ReasonCode enter(InetAddress peer) {
            return null;
        }

        @Override
        public void leave(InetAddress peer) {}
    };

    /** Whether the address is listened to at all; before anything else happens. */
    boolean isWelcome(InetAddress peer);

    /**
     * One more connection of the address.
     *
     * @return null when it may, and then {@link #leave} follows; else why not
     */
    @Nullable
    ReasonCode enter(InetAddress peer);

    /** A connection that entered is gone. */
    void leave(InetAddress peer);
}
