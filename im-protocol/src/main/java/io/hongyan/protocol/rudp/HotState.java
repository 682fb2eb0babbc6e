// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.Nullable;

/**
 * What a connection needs only while something is under way: taken from the endpoint's pool with the first message or
 * datagram, given back when all is acknowledged. An idle connection has none.
 */
final class HotState {
    // What waits to be written into the next datagram, and what a sent one carried, beside messages.
    static final int PING = 1;
    static final int CREDIT = 1 << 1;
    static final int HELLO = 1 << 2;
    static final int ACCEPT = 1 << 3;
    static final int CHALLENGE = 1 << 4;
    static final int RESPONSE = 1 << 5;
    static final int TICKET = 1 << 7;
    /** Only in records of sent datagrams: this one asked for an answer at once. */
    static final int ASKED_NOW = 1 << 6;
    /** Only in records of sent datagrams: this one only tries whether the path carries its length. */
    static final int MTU_PROBE = 1 << 8;
    /** Only in records of sent datagrams: this one carried messages that had left before. */
    static final int AGAIN = 1 << 9;

    final SentPackets sent = new SentPackets();
    final ReceivedPackets received = new ReceivedPackets();
    final DeliverySampler delivery = new DeliverySampler();
    final LossEstimator loss = new LossEstimator();
    final Recovery recovery = new Recovery(sent, delivery, loss);
    final AckSchedule acks = new AckSchedule();
    final Pacer pacer = new Pacer();
    final Redundancy redundancy = new Redundancy();
    final LaneTurns turns = new LaneTurns();
    final SendQueue chatQueue = new SendQueue();
    final SendQueue bulkQueue = new SendQueue();
    final EphemeralQueue ephemeral = new EphemeralQueue();
    final ReorderBuffer chatEarly;
    final ReorderBuffer bulkEarly;
    final SendLane chatOut;
    final SendLane bulkOut;
    final ReceiveLane chatIn;
    final ReceiveLane bulkIn;

    /** Bits of {@link #PING} and its fellows that wait to be sent. */
    int control;
    /** What the last PATH_CHALLENGE of the peer said. */
    long responseData;
    /** What TICKET says, from its first sending on. */
    byte @Nullable [] ticket;
    /** The packet number that is left out next: who acknowledges it has not seen what he acknowledges. */
    long skipNumber;
    /** The pacer said no, and will say yes then. */
    long paceNanos = Deadlines.NONE;

    /** Objects and small arrays, beside what its parts say of themselves. */
    private static final int FIXED_BYTES = 1344;

    HotState(RudpConfig config, BufferPool pool, GrowthBudget growth) {
        chatEarly = new ReorderBuffer(pool);
        bulkEarly = new ReorderBuffer(pool);
        chatOut = new SendLane(Lanes.CHAT, config.sendBufferBytes());
        bulkOut = new SendLane(Lanes.BULK, config.sendBufferBytes(), config.largestBulkBufferBytes());
        chatIn = new ReceiveLane(config.receiveWindowBytes(), config.maxMessageBytes());
        bulkIn = new ReceiveLane(
                config.receiveWindowBytes(), config.largestBulkWindowBytes(), config.maxMessageBytes(), growth);
    }

    void reset(long nextPacketNumber) {
        sent.reset(nextPacketNumber);
        delivery.reset(nextPacketNumber);
        recovery.reset();
        acks.reset();
        pacer.reset();
        redundancy.reset();
        turns.reset();
        ephemeral.clear();
        control = 0;
        ticket = null;
        paceNanos = Deadlines.NONE;
    }

    /** Gives up what its parts have grown by. It must not be in use. */
    void trim() {
        sent.trim();
        delivery.trim();
        chatQueue.trim();
        bulkQueue.trim();
        chatEarly.trim();
        bulkEarly.trim();
    }

    /** About how much memory it takes; changes only while it is in use. */
    long heldBytes() {
        return FIXED_BYTES
                + sent.heldBytes()
                + delivery.heldBytes()
                + chatQueue.heldBytes()
                + bulkQueue.heldBytes()
                + chatEarly.heldBytes()
                + bulkEarly.heldBytes();
    }
}
