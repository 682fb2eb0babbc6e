// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import java.nio.ByteBuffer;

/**
 * What each payload carries at its beginning, so that the receiving end can judge order, doubles and latency.
 *
 * <pre>
 *   from 16 bytes on:   pair u32 | sequence u32 | time u64, ns since the start of the run | zeros ...
 *   8 to 15 bytes:      sequence u32 | time u32, µs since the start of the run            | zeros ...
 * </pre>
 *
 * Sequences are modulo 2^32, and so is the time where there is little room; the receiving end knows what is meant by what
 * it has seen and by its own time.
 */
final class Stamp {

    /** The smallest payload that can be judged, in bytes. */
    static final int MIN_BYTES = 8;

    private static final int FULL_BYTES = 16;

    private Stamp() {}

    /**
     * Writes into a payload of {@code bytes.length}, at least {@value #MIN_BYTES} bytes.
     *
     * @param timeNanos since the start of the run
     */
    static void write(byte[] bytes, int pair, int sequence, long timeNanos) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length >= FULL_BYTES) {
            buffer.putInt(pair).putInt(sequence).putLong(timeNanos);
        } else {
            buffer.putInt(sequence).putInt((int) (timeNanos / 1_000));
        }
    }

    /** Whether the payload is one of this pair's: long enough, and naming the pair where there is room for it. */
    static boolean belongsTo(ByteBuffer payload, int pair) {
        int size = payload.remaining();
        return size >= FULL_BYTES ? payload.getInt(payload.position()) == pair : size >= MIN_BYTES;
    }

    /** Modulo 2^32. */
    static int sequence(ByteBuffer payload) {
        return payload.getInt(payload.position() + (payload.remaining() >= FULL_BYTES ? 4 : 0));
    }

    /**
     * Since the start of the run.
     *
     * @param nowNanos likewise, now: at most 35 minutes away where the payload is small
     */
    static long timeNanos(ByteBuffer payload, long nowNanos) {
        if (payload.remaining() >= FULL_BYTES) {
            return payload.getLong(payload.position() + 8);
        }
        long nowMicros = nowNanos / 1_000;
        return (nowMicros + (payload.getInt(payload.position() + 4) - (int) nowMicros)) * 1_000;
    }
}
