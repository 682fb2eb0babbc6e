// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.Nullable;

/**
 * Memory for what arrived too early or in part: byte arrays of four sizes, 128 to 1024 bytes, and messages in the
 * making; kept for the whole endpoint. Bounded: what is given back beyond the bound is left to the collector.
 */
final class BufferPool {
    /** The largest array: a page of a {@link Reassembly}, or the largest message that travels whole. */
    static final int LARGEST = 1024;

    private static final int SMALLEST_SHIFT = 7;
    private static final int CLASSES = 4;
    private static final int MAX_KEPT = 1024;
    private static final int MAX_REASSEMBLIES = 256;

    private final byte[] @Nullable [][] kept = new byte[CLASSES][][];
    private final int[] counts = new int[CLASSES];
    private final @Nullable Reassembly[] reassemblies = new Reassembly[MAX_REASSEMBLIES];
    private int reassemblyCount;

    /** An array of at least {@code length} bytes, at most {@value #LARGEST}, with arbitrary content. */
    byte[] take(int length) {
        int sizeClass = classOf(length);
        byte[][] stack = kept[sizeClass];
        if (stack == null || counts[sizeClass] == 0) {
            return new byte[1 << (SMALLEST_SHIFT + sizeClass)];
        }
        return stack[--counts[sizeClass]];
    }

    void giveBack(byte[] array) {
        int sizeClass = classOf(array.length);
        byte[][] stack = kept[sizeClass];
        if (stack == null) {
            stack = new byte[MAX_KEPT][];
            kept[sizeClass] = stack;
        }
        if (counts[sizeClass] < MAX_KEPT) {
            stack[counts[sizeClass]++] = array;
        }
    }

    Reassembly takeReassembly() {
        Reassembly reassembly = reassemblyCount > 0 ? reassemblies[--reassemblyCount] : null;
        return reassembly == null ? new Reassembly(this) : reassembly;
    }

    /** Takes a message that is not needed any more, and its pages. */
    void giveBack(Reassembly reassembly) {
        reassembly.release();
        if (reassemblyCount < reassemblies.length) {
            reassemblies[reassemblyCount++] = reassembly;
        }
    }

    private static int classOf(int length) {
        return Math.max(0, 32 - Integer.numberOfLeadingZeros(length - 1) - SMALLEST_SHIFT);
    }
}
