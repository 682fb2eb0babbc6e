// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.nio.ByteBuffer;

/**
 * A host with one socket on a {@link SimulatedNetwork}. Its links stay when its address changes. Confined to the thread
 * that runs the clock.
 */
public final class SimNode {

    private final SimulatedNetwork network;
    private final String name;
    private final DatagramReceiver receiver;
    private SimAddress address;
    private boolean attached = true;

    SimNode(SimulatedNetwork network, String name, SimAddress address, DatagramReceiver receiver) {
        this.network = network;
        this.name = name;
        this.address = address;
        this.receiver = receiver;
    }

    /**
     * Sends a datagram: the bytes from position to limit are copied, and the position moves to the limit. A detached
     * node sends nothing.
     */
    public void send(SimAddress to, ByteBuffer datagram) {
        network.send(this, to, datagram);
    }

    /** Sends a copy of these bytes. */
    public void send(SimAddress to, byte[] datagram) {
        send(to, ByteBuffer.wrap(datagram));
    }

    /**
     * Gives the node another address, as a NAT does that has forgotten its mapping, or a phone that changes networks.
     * What is on its way to the old address never arrives.
     *
     * @throws IllegalArgumentException if another node has the address
     */
    public void changeAddress(SimAddress newAddress) {
        network.changeAddress(this, newAddress);
        address = newAddress;
    }

    /** Takes the node off the network, as a crash does; what is on its way to it never arrives. */
    public void detach() {
        network.detach(this);
        attached = false;
    }

    /** The name, unique on the network; it also gives the node's links their random streams. */
    public String name() {
        return name;
    }

    /** The address others see now. */
    public SimAddress address() {
        return address;
    }

    /** Whether the node is on the network. */
    public boolean isAttached() {
        return attached;
    }

    @Override
    public String toString() {
        return name + " at " + address;
    }

    DatagramReceiver receiver() {
        return receiver;
    }
}
