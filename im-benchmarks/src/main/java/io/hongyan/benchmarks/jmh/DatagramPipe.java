// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.jmh;

import io.hongyan.protocol.rudp.RudpConfig;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One direction of a link in memory: datagrams come out in order after a fixed time, or are lost by seeded chance. */
final class DatagramPipe {
    private static final int PLACES = 1 << 10;

    private final ByteBuffer[] datagrams = new ByteBuffer[PLACES];
    private final long[] arrivals = new long[PLACES];
    private final long delayNanos;
    private final int lossPercent;
    private final SplittableRandom random;
    private int head;
    private int size;
    private long sent;

    /** @param lossPercent 0 to 100 */
    DatagramPipe(long delayNanos, int lossPercent, long seed) {
        this.delayNanos = delayNanos;
        this.lossPercent = lossPercent;
        random = new SplittableRandom(seed);
        for (int i = 0; i < PLACES; i++) {
            datagrams[i] = ByteBuffer.allocateDirect(RudpConfig.DATAGRAM_BYTES);
        }
    }

    boolean isFull() {
        return size == PLACES;
    }

    /** The empty buffer of the next datagram; {@link #send} follows. Only if not {@link #isFull()}. */
    ByteBuffer room() {
        return datagrams[(head + size) & (PLACES - 1)].clear();
    }

    /** What was put into the room leaves. */
    void send(long nowNanos) {
        sent++;
        if (lossPercent > 0 && random.nextInt(100) < lossPercent) {
            return;
        }
        int index = (head + size++) & (PLACES - 1);
        datagrams[index].flip();
        arrivals[index] = nowNanos + delayNanos;
    }

    /** The next datagram that has arrived by now, valid until the next call of {@link #room}. */
    @Nullable
    ByteBuffer receive(long nowNanos) {
        if (size == 0 || arrivals[head] - nowNanos > 0) {
            return null;
        }
        ByteBuffer datagram = datagrams[head];
        head = (head + 1) & (PLACES - 1);
        size--;
        return datagram;
    }

    /** All datagrams that ever left, lost ones included. */
    long sent() {
        return sent;
    }
}
