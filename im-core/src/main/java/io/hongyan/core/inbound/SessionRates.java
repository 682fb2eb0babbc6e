// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.limit.DebtBucket;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.limit.TokenBucket;
import io.hongyan.protocol.Confined;

/**
 * What one session's client may send, and what each frame of it costs. Messages beyond their rate are refused one by one;
 * bytes and packets beyond theirs are a debt, for which the session is not read.
 *
 * <pre>
 *   every frame                                                   its bytes, header included
 *   a message within the rate of messages                         a message
 *   a count that covers messages; a chunk of 1 KiB or more        nothing else
 *   all else, known or not: refused messages, PING, small chunks  a packet
 * </pre>
 */
@Confined("owner")
final class SessionRates {
    /** A chunk of so many bytes pays with them. */
    static final int PAYING_CHUNK_BYTES = 1024;

    /** More debt of packets than so many bursts is no mistake any more. */
    static final int MOST_BURSTS_OWED = 4;

    private final TokenBucket messages;
    private final DebtBucket bytes;
    private final DebtBucket packets;

    SessionRates(ServerLimits limits, long nowNanos) {
        this.messages = new TokenBucket(limits.messagesPerSecond(), limits.messageBurst(), nowNanos);
        this.bytes = new DebtBucket(limits.bytesPerSecond(), limits.byteBurst(), nowNanos);
        this.packets = new DebtBucket(limits.packetsPerSecond(), limits.packetBurst(), nowNanos);
    }

    /** Takes the token of a message; false when there is none. */
    boolean takeMessage(long nowNanos) {
        return messages.take(nowNanos);
    }

    /**
     * A frame came.
     *
     * @param length header included, in bytes
     * @param paidFor whether it costs its bytes only
     */
    void takeFrame(int length, boolean paidFor, long nowNanos) {
        bytes.take(length, nowNanos);
        if (!paidFor) {
            packets.take(1, nowNanos);
        }
    }

    /** How long the session is not to be read, in ns; 0 when it owes nothing. */
    long debtNanos(long nowNanos) {
        return Math.max(bytes.debtNanos(nowNanos), packets.debtNanos(nowNanos));
    }

    /** Whether it sends so far beyond its rate that no pause makes up for it. */
    boolean isFlood(long nowNanos) {
        return packets.owesMoreThan(MOST_BURSTS_OWED, nowNanos);
    }
}
