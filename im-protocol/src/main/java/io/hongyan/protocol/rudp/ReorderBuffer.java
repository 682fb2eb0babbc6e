// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.Nullable;

/**
 * The pooled part of a {@link ReceiveLane}: a ring, by number, of messages that arrived too early (byte arrays of the
 * pool with a length) or in part ({@link Reassembly}).
 */
final class ReorderBuffer {
    private static final int INITIAL = 16;
    /** A peer may make a longer one by one message far ahead. */
    private static final int MAX_KEPT = 1024;

    private final BufferPool pool;
    private @Nullable Object[] messages = new Object[INITIAL];
    private int[] lengths = new int[INITIAL];
    private int size;
    private long partialBytes;

    ReorderBuffer(BufferPool pool) {
        this.pool = pool;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Memory held by messages in part. */
    long partialBytes() {
        return partialBytes;
    }

    /** A message in part has grown. */
    void addPartialBytes(int bytes) {
        partialBytes += bytes;
    }

    @Nullable
    Object get(long number) {
        return messages[index(number)];
    }

    int length(long number) {
        return lengths[index(number)];
    }

    /** Makes room for {@code number}, {@code distance} ahead of the next one expected. */
    void ensureRoom(long expected, long number) {
        long needed = number - expected + 1;
        if (needed <= messages.length) {
            return;
        }
        int wider = Integer.highestOneBit((int) needed - 1) << 1;
        @Nullable Object[] widerMessages = new Object[wider];
        int[] widerLengths = new int[wider];
        for (int i = 0; i < messages.length; i++) {
            long old = expected + i;
            int to = (int) old & (wider - 1);
            widerMessages[to] = messages[index(old)];
            widerLengths[to] = lengths[index(old)];
        }
        messages = widerMessages;
        lengths = widerLengths;
    }

    void putWhole(long number, byte[] bytes, int offset, int length) {
        byte[] copy = pool.take(length);
        System.arraycopy(bytes, offset, copy, 0, length);
        messages[index(number)] = copy;
        lengths[index(number)] = length;
        size++;
    }

    Reassembly putReassembly(long number) {
        Reassembly reassembly = pool.takeReassembly();
        messages[index(number)] = reassembly;
        partialBytes += reassembly.heldBytes();
        size++;
        return reassembly;
    }

    /** Takes a message out; its memory belongs to the caller now. */
    void remove(long number) {
        int index = index(number);
        Object message = messages[index];
        if (message instanceof Reassembly reassembly) {
            partialBytes -= reassembly.heldBytes();
        }
        messages[index] = null;
        size--;
    }

    /** Gives everything back to the pool. */
    void clear() {
        for (int i = 0; size > 0 && i < messages.length; i++) {
            Object message = messages[i];
            messages[i] = null;
            if (message instanceof byte[] bytes) {
                pool.giveBack(bytes);
            } else if (message instanceof Reassembly reassembly) {
                pool.giveBack(reassembly);
            }
        }
        size = 0;
        partialBytes = 0;
        if (messages.length > MAX_KEPT) {
            trim();
        }
    }

    /** Gives up what the ring has grown by. It must be empty. */
    void trim() {
        if (messages.length > INITIAL) {
            messages = new Object[INITIAL];
            lengths = new int[INITIAL];
        }
    }

    /** How much memory the ring takes, without what is in it. */
    long heldBytes() {
        return (long) (Long.BYTES + Integer.BYTES) * messages.length;
    }

    private int index(long number) {
        return (int) number & (messages.length - 1);
    }
}
