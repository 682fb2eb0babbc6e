// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Lane;

/** The ordered lanes of one connection, both halves, by their codes on the wire: 0 chat, 1 bulk. */
final class Lanes {
    static final int CHAT = 0;
    static final int BULK = 1;

    private final SendLane chatOut;
    private final SendLane bulkOut;
    private final ReceiveLane chatIn;
    private final ReceiveLane bulkIn;

    Lanes(RudpConfig config) {
        chatOut = new SendLane(CHAT, config.sendBufferBytes());
        bulkOut = new SendLane(BULK, config.sendBufferBytes());
        chatIn = new ReceiveLane(config.receiveWindowBytes(), config.maxMessageBytes());
        bulkIn = new ReceiveLane(config.receiveWindowBytes(), config.maxMessageBytes());
    }

    SendLane out(int code) {
        return code == CHAT ? chatOut : bulkOut;
    }

    SendLane out(Lane lane) {
        return lane == Lane.CHAT ? chatOut : bulkOut;
    }

    ReceiveLane in(int code) {
        return code == CHAT ? chatIn : bulkIn;
    }

    void attach(HotState hot) {
        chatOut.attach(hot.chatQueue);
        bulkOut.attach(hot.bulkQueue);
        chatIn.attach(hot.chatEarly);
        bulkIn.attach(hot.bulkEarly);
    }

    void detach() {
        chatOut.detach();
        bulkOut.detach();
        chatIn.detach();
        bulkIn.detach();
    }

    /** Drops all that was to be sent. */
    void clear() {
        chatOut.clear();
        bulkOut.clear();
    }

    /** Whether any message could leave now, as far as the peer's credit reaches. */
    boolean hasToSend() {
        return chatOut.nextToSend() >= 0 || bulkOut.nextToSend() >= 0;
    }

    /** The length of the longest message that is to arrive still. */
    int longestBytes() {
        return Math.max(chatOut.longestBytes(), bulkOut.longestBytes());
    }

    /** Whether all that was sent has arrived. */
    boolean isDelivered() {
        return chatOut.isEmpty() && bulkOut.isEmpty();
    }

    /** Whether nothing waits for earlier messages of the peer. */
    boolean isReceived() {
        return chatIn.isEmpty() && bulkIn.isEmpty();
    }

    /** Whether the peer should hear of more credit. */
    boolean shouldGrant() {
        return chatIn.shouldGrant() || bulkIn.shouldGrant();
    }

    /** What a reference of a sent datagram names has arrived. */
    void onAcked(long what, long range) {
        out((int) what & 1).onAcked(what >>> 1, range);
    }

    /** What a reference of a sent datagram names must be sent again. */
    void onLost(long what, long range) {
        out((int) what & 1).onLost(what >>> 1, range);
    }
}
