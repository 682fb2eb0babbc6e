// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

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
    private long mappingNanos = Long.MAX_VALUE;
    private Supplier<SimAddress> nextAddress = this::address;
    private long sentNanos;
    private int mappingsLost;

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

    /**
     * Puts a NAT in front of the node. When the node has sent nothing for longer than that, the NAT has forgotten it: nothing
     * arrives any more, and what it sends next gives it an address again, from which nothing has been sent so far to who
     * knows it. What arrives keeps no mapping alive.
     *
     * @param keepNanos how long a mapping is kept, 1 or more
     * @param nextAddress gives the next mapping its address: another one each time, or the same for a NAT that preserves
     *     ports
     */
    public void putBehindNat(long keepNanos, Supplier<SimAddress> nextAddress) {
        if (keepNanos < 1) {
            throw new IllegalArgumentException("keepNanos must be 1 or more: " + keepNanos);
        }
        this.mappingNanos = keepNanos;
        this.nextAddress = nextAddress;
        this.sentNanos = network.clock().nowNanos();
    }

    /** How often the NAT had to give the node a new mapping. */
    public int mappingsLost() {
        return mappingsLost;
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

    /** The node sends. */
    void renewMapping(long nowNanos) {
        if (!isMapped(nowNanos)) {
            mappingsLost++;
            changeAddress(nextAddress.get());
        }
        sentNanos = nowNanos;
    }

    /** Whether what arrives now reaches the node. */
    boolean isMapped(long nowNanos) {
        return nowNanos - sentNanos <= mappingNanos;
    }
}
