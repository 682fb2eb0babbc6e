// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.nio.ByteBuffer;

/**
 * Sees every datagram of a {@link SimulatedNetwork} as it is sent, before anything happens to it: to record traffic, to
 * count bytes against a limit, to replay or forge. Called on the thread that runs the clock.
 */
@FunctionalInterface
public interface DatagramObserver {

    /**
     * A datagram is being sent.
     *
     * @param datagram the payload, from position to limit; read-only, and valid during the call only
     */
    void onSend(long nowNanos, SimAddress from, SimAddress to, ByteBuffer datagram);
}
