// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One long incoming message in the making: pages of {@value BufferPool#LARGEST} bytes that are taken when bytes for them
 * arrive, never because a length was announced, and a bitmap of the granules that are here.
 */
final class Reassembly {
    /** The fragment contradicts what arrived before, or its own form. */
    static final int MALFORMED = -1;

    /** The tables of a message longer than this many pages are not kept. */
    private static final int MAX_KEPT_PAGES = 128;

    /** The object itself, and the heads of its tables. */
    private static final int FIXED_BYTES = 128;

    private static final int GRANULES_PER_PAGE = BufferPool.LARGEST / Wire.GRANULE;

    private final BufferPool pool;
    private long[] arrived = new long[1];
    private byte[] @Nullable [] pages = new byte[8][];
    private int arrivedGranules;
    private int highestGranule = -1;
    private int totalGranules = -1;
    private int length = -1;
    private int pageCount;

    Reassembly(BufferPool pool) {
        this.pool = pool;
    }

    /**
     * Takes a fragment.
     *
     * @return how many granules of it are new, or {@link #MALFORMED}
     */
    int add(int firstGranule, byte[] bytes, int offset, int count, boolean isFinal) {
        int granules = FragmentedMessage.granulesOf(count);
        int end = firstGranule + granules;
        if (count == 0 || (!isFinal && count % Wire.GRANULE != 0) || (totalGranules >= 0 && end > totalGranules)) {
            return MALFORMED;
        }
        if (isFinal) {
            int announced = firstGranule * Wire.GRANULE + count;
            if ((length >= 0 && length != announced) || highestGranule >= end) {
                return MALFORMED;
            }
            length = announced;
            totalGranules = end;
        }
        ensureCapacity(end);
        int fresh = 0;
        for (int i = 0; i < granules; i++) {
            int granule = firstGranule + i;
            if ((arrived[granule >> 6] & 1L << granule) == 0) {
                arrived[granule >> 6] |= 1L << granule;
                int from = i * Wire.GRANULE;
                copyGranule(granule, bytes, offset + from, Math.min(Wire.GRANULE, count - from));
                fresh++;
            }
        }
        arrivedGranules += fresh;
        highestGranule = Math.max(highestGranule, end - 1);
        return fresh;
    }

    private void copyGranule(int granule, byte[] bytes, int offset, int count) {
        int pageIndex = granule / GRANULES_PER_PAGE;
        byte[] page = pages[pageIndex];
        if (page == null) {
            page = pool.take(BufferPool.LARGEST);
            pages[pageIndex] = page;
            pageCount++;
        }
        System.arraycopy(bytes, offset, page, granule % GRANULES_PER_PAGE * Wire.GRANULE, count);
    }

    private void ensureCapacity(int granules) {
        int words = (granules + 63) >> 6;
        if (words > arrived.length) {
            arrived = Arrays.copyOf(arrived, Math.max(words, 2 * arrived.length));
        }
        int needed = (granules + GRANULES_PER_PAGE - 1) / GRANULES_PER_PAGE;
        if (needed > pages.length) {
            pages = Arrays.copyOf(pages, Math.max(needed, 2 * pages.length));
        }
    }

    boolean isComplete() {
        return arrivedGranules == totalGranules;
    }

    /** The message's length in bytes, known when it is complete. */
    int length() {
        return length;
    }

    /** How many granules have arrived. */
    int arrivedGranules() {
        return arrivedGranules;
    }

    /** How much memory it takes, pages and tables. */
    int heldBytes() {
        return FIXED_BYTES + pageCount * BufferPool.LARGEST + (arrived.length + pages.length) * Long.BYTES;
    }

    /** Copies a complete message. */
    void copyTo(byte[] out) {
        for (int i = 0; i * BufferPool.LARGEST < length; i++) {
            byte[] page = pages[i];
            assert page != null;
            int from = i * BufferPool.LARGEST;
            System.arraycopy(page, 0, out, from, Math.min(BufferPool.LARGEST, length - from));
        }
    }

    /** Gives the pages back. */
    void release() {
        for (int i = 0; i < pages.length; i++) {
            byte[] page = pages[i];
            if (page != null) {
                pool.giveBack(page);
                pages[i] = null;
            }
        }
        pageCount = 0;
        arrivedGranules = 0;
        highestGranule = -1;
        totalGranules = -1;
        length = -1;
        if (pages.length > MAX_KEPT_PAGES) {
            pages = new byte[8][];
            arrived = new long[1];
        } else {
            Arrays.fill(arrived, 0);
        }
    }
}
