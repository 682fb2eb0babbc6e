// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A datagram on its way through a {@link UdpRelay}; used again by {@link RelayQueue}. Guarded by the relay's lock. */
final class RelayDatagram extends TimeQueue.Entry {

    private byte[] bytes = new byte[USUAL_BYTES];
    private int length;
    private @Nullable RelayFlow flow;
    private boolean goesUp;

    /** Takes a copy of the payload, which keeps its position. */
    void fill(RelayFlow newFlow, boolean up, ByteBuffer payload, int flippedBit) {
        flow = newFlow;
        goesUp = up;
        length = payload.remaining();
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        payload.get(payload.position(), bytes, 0, length);
        if (flippedBit != Link.NO_BIT) {
            bytes[flippedBit / Byte.SIZE] ^= (byte) (1 << flippedBit % Byte.SIZE);
        }
    }

    /** Puts the payload into an empty buffer, ready to be written. */
    void drainTo(ByteBuffer buffer) {
        buffer.clear().put(bytes, 0, length).flip();
    }

    void clear() {
        flow = null;
    }

    RelayFlow flow() {
        if (flow == null) {
            throw new IllegalStateException("not on its way");
        }
        return flow;
    }

    boolean goesUp() {
        return goesUp;
    }

    int length() {
        return length;
    }

    boolean isUsualSize() {
        return bytes.length == USUAL_BYTES;
    }

    private static final int USUAL_BYTES = 2048;
}
