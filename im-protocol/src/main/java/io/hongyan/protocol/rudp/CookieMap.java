// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Remembers which cookies made which connections, for as long as a cookie lives: the same cookie finds the same
 * connection, and a used one never makes a second; of tickets the same, for as long. Open addressing over longs; bounded;
 * the oldest leave first.
 */
final class CookieMap {
    /** No such cookie. */
    static final int ABSENT = -1;
    /** The cookie was used, and its connection is gone. */
    static final int SPENT = -2;

    private final int maxEntries;
    private long[] names = new long[32];
    private int[] slots = new int[32];
    private boolean[] taken = new boolean[32];
    private int size;

    /** The cookies in the order in which they were used, with the time from which each may be forgotten. */
    private long[] queueNames = new long[16];

    private long[] queueExpiry = new long[16];
    private int queueHead;

    CookieMap(int maxEntries) {
        this.maxEntries = maxEntries;
    }

    /** The slot of the connection that this cookie made, {@link #SPENT} or {@link #ABSENT}. */
    int find(long name) {
        int index = indexOf(name);
        return taken[index] ? slots[index] : ABSENT;
    }

    /** Remembers a cookie; false = full of cookies that still live. */
    boolean put(long nowNanos, long name, int slot) {
        expire(nowNanos);
        if (size == maxEntries) {
            return false;
        }
        if (2 * (size + 1) > names.length) {
            grow();
        }
        int tail = (queueHead + size) & (queueNames.length - 1);
        queueNames[tail] = name;
        queueExpiry[tail] = nowNanos + Wire.COOKIE_LIFETIME_NANOS;
        insert(name, slot);
        size++;
        return true;
    }

    /** The connection that this cookie made is gone; the cookie stays known, as spent. */
    void spend(long name) {
        int index = indexOf(name);
        if (taken[index]) {
            slots[index] = SPENT;
        }
    }

    int size() {
        return size;
    }

    /** Forgets what has expired. */
    void expire(long nowNanos) {
        while (size > 0 && nowNanos - queueExpiry[queueHead] > 0) {
            remove(queueNames[queueHead]);
            queueHead = (queueHead + 1) & (queueNames.length - 1);
            size--;
        }
    }

    private int indexOf(long name) {
        int mask = names.length - 1;
        int index = hash(name) & mask;
        while (taken[index] && names[index] != name) {
            index = (index + 1) & mask;
        }
        return index;
    }

    private void insert(long name, int slot) {
        int index = indexOf(name);
        names[index] = name;
        slots[index] = slot;
        taken[index] = true;
    }

    /** Removes by shifting later entries of the cluster back, so that no tombstones remain. */
    private void remove(long name) {
        int mask = names.length - 1;
        int hole = indexOf(name);
        if (!taken[hole]) {
            return;
        }
        int index = hole;
        while (true) {
            index = (index + 1) & mask;
            if (!taken[index]) {
                break;
            }
            int home = hash(names[index]) & mask;
            if (((index - home) & mask) >= ((index - hole) & mask)) {
                names[hole] = names[index];
                slots[hole] = slots[index];
                hole = index;
            }
        }
        taken[hole] = false;
    }

    private void grow() {
        long[] oldNames = names;
        int[] oldSlots = slots;
        boolean[] oldTaken = taken;
        names = new long[2 * oldNames.length];
        slots = new int[names.length];
        taken = new boolean[names.length];
        for (int i = 0; i < oldNames.length; i++) {
            if (oldTaken[i]) {
                insert(oldNames[i], oldSlots[i]);
            }
        }
        long[] widerNames = new long[2 * queueNames.length];
        long[] widerExpiry = new long[widerNames.length];
        for (int i = 0; i < size; i++) {
            int from = (queueHead + i) & (queueNames.length - 1);
            widerNames[i] = queueNames[from];
            widerExpiry[i] = queueExpiry[from];
        }
        queueNames = widerNames;
        queueExpiry = widerExpiry;
        queueHead = 0;
    }

    private static int hash(long name) {
        return (int) ((name * 0x9e37_79b9_7f4a_7c15L) >>> 32);
    }
}
