// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/**
 * Client to server, instead of LOGIN: go on with the session of a lost connection. The answer is a {@link LoginResult}:
 * with OK the server's own {@link Count}s follow, and both ends send again what the other had not counted; with
 * {@link io.hongyan.protocol.ReasonCode#RESUME_REFUSED} the client logs in afresh, over the same connection if it likes.
 *
 * @param sessionId as {@link LoginResult} told
 * @param secretHigh as {@link LoginResult} told
 * @param secretLow as {@link LoginResult} told
 * @param chatCount counted frames received, as in {@link Count}, of the chat channel or of the only one
 * @param bulkCount the same of the bulk channel; 0 where bulk is not counted apart
 */
public record Resume(long sessionId, long secretHigh, long secretLow, int chatCount, int bulkCount) implements Packet {
    @Override
    public PacketType packetType() {
        return PacketType.RESUME;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onResume(this);
    }

    /** All but the secret. */
    @Override
    public String toString() {
        return "Resume[session=" + Long.toHexString(sessionId) + ", chatCount=" + Integer.toUnsignedString(chatCount)
                + ", bulkCount=" + Integer.toUnsignedString(bulkCount) + "]";
    }
}
