// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The message of a chat load, the same for every transport: {@value #BYTES} bytes, of which the first four are left to a
 * transport that has a header of its own there.
 *
 * <pre>
 *   header 4 | flow 4 | number 4 | sent at 8 | random bytes
 * </pre>
 */
public final class Message {

    /** The length of every message. */
    public static final int BYTES = 200;

    /** What is left to a transport's own header. */
    public static final int HEADER_BYTES = 4;

    private Message() {}

    /** A message; the random bytes, which nothing compresses, are the same in all. */
    public static byte[] of(int flow, int number, long sentNanos) {
        byte[] bytes = new byte[BYTES];
        new SplittableRandom(1).nextBytes(bytes);
        ByteBuffer.wrap(bytes).putInt(0).putInt(flow).putInt(number).putLong(sentNanos);
        return bytes;
    }

    /** The flow of a message that begins at its fifth byte. */
    public static int flow(ByteBuffer body) {
        return body.getInt(body.position());
    }

    /** The number of a message within its flow. */
    public static int number(ByteBuffer body) {
        return body.getInt(body.position() + 4);
    }

    /** When it was sent, by {@link System#nanoTime()}. */
    public static long sentNanos(ByteBuffer body) {
        return body.getLong(body.position() + 8);
    }
}
