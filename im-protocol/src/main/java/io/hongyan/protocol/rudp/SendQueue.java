// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The pooled part of a {@link SendLane}: a ring of its messages, by number. */
final class SendQueue {
    static final byte UNSENT = 0;
    static final byte SENT = 1;
    static final byte LOST = 2;
    static final byte ACKED = 3;

    private static final int INITIAL = 32;
    private static final int MAX_SPARES = 64;
    private static final int MESSAGE_BYTES = Long.BYTES + 1 + 1 + Long.BYTES;

    byte[] @Nullable [] frames = new byte[INITIAL][];

    byte[] states = new byte[INITIAL];
    /** Whether a message is copied even while nothing is lost. */
    boolean[] urgent = new boolean[INITIAL];
    /** Null for messages that travel whole. */
    @Nullable
    FragmentedMessage[] fragmented = new FragmentedMessage[INITIAL];

    /** Messages from here on have had no chance to be copied. */
    long copyFrom;

    private final @Nullable FragmentedMessage[] spares = new FragmentedMessage[MAX_SPARES];
    private int spareCount;
    private int spareBytes;

    /** Gives up what the ring has grown by, and the spares. The queue must be empty. */
    void trim() {
        if (states.length > INITIAL) {
            frames = new byte[INITIAL][];
            states = new byte[INITIAL];
            urgent = new boolean[INITIAL];
            fragmented = new FragmentedMessage[INITIAL];
        }
        Arrays.fill(spares, null);
        spareCount = 0;
        spareBytes = 0;
    }

    /** Drops all messages. */
    void clear() {
        Arrays.fill(frames, null);
        Arrays.fill(fragmented, null);
    }

    int index(long number) {
        return (int) number & (states.length - 1);
    }

    /** Doubles the ring, which holds the numbers first to next - 1. */
    void grow(long first, long next) {
        byte[] @Nullable [] oldFrames = frames;
        byte[] oldStates = states;
        boolean[] oldUrgent = urgent;
        @Nullable FragmentedMessage[] oldFragmented = fragmented;
        int wider = 2 * oldStates.length;
        frames = new byte[wider][];
        states = new byte[wider];
        urgent = new boolean[wider];
        fragmented = new FragmentedMessage[wider];
        for (long number = first; number < next; number++) {
            int from = (int) number & (oldStates.length - 1);
            int to = index(number);
            frames[to] = oldFrames[from];
            states[to] = oldStates[from];
            urgent[to] = oldUrgent[from];
            fragmented[to] = oldFragmented[from];
        }
    }

    FragmentedMessage takeFragmented(int length) {
        FragmentedMessage message = spareCount > 0 ? spares[--spareCount] : null;
        if (message == null) {
            message = new FragmentedMessage();
        } else {
            spareBytes -= message.heldBytes();
        }
        message.reset(length);
        return message;
    }

    void giveBack(FragmentedMessage message) {
        if (spareCount < MAX_SPARES) {
            spares[spareCount++] = message;
            spareBytes += message.heldBytes();
        }
    }

    /** How much memory the ring and the spares take, without messages in it. */
    long heldBytes() {
        return (long) MESSAGE_BYTES * states.length + Long.BYTES * MAX_SPARES + spareBytes;
    }
}
