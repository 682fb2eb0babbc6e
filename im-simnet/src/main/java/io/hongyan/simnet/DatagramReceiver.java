// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.nio.ByteBuffer;

/** Takes the datagrams that reach a node of a {@link SimulatedNetwork}. Called on the thread that runs the clock. */
@FunctionalInterface
public interface DatagramReceiver {

    /**
     * A datagram has arrived; the time is the clock's. What this throws ends the simulation.
     *
     * @param from the sender's address as the network shows it
     * @param to the address it was sent to, the node's own at this time
     * @param datagram the payload, from position to limit; a private heap buffer, the receiver's to change and keep
     */
    void onDatagram(SimAddress from, SimAddress to, ByteBuffer datagram);
}
