// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ThreadSafe;

/**
 * The id a message keeps from its first sending to its last receipt, across reconnects. Its sender makes it.
 *
 * @param instance random, drawn when the client (or server) starts
 * @param counter from 1, each message one more, at most {@link #MAX_COUNTER}
 */
@ThreadSafe
public record MessageId(long instance, long counter) {
    /** The largest counter, 2^62 - 1: what a varint holds. */
    public static final long MAX_COUNTER = Varint.MAX;

    /** @throws IllegalArgumentException when the counter is out of range */
    public MessageId {
        if (counter < 1 || counter > MAX_COUNTER) {
            throw new IllegalArgumentException("message counter: not within 1 to 2^62 - 1");
        }
    }

    /** {@code instance-counter}, the instance in hexadecimal digits. */
    @Override
    public String toString() {
        return Long.toHexString(instance) + "-" + counter;
    }
}
