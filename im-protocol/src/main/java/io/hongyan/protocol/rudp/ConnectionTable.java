// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The slots of an endpoint: finding a connection is an array index. Each slot counts its generations, beginning at a
 * random one, so that an id of a former tenant, or of a former process, is not the id of the present one. Slots are used
 * again in the order in which they became free, and while there is room not before {@value #REUSE_AFTER} others did.
 */
final class ConnectionTable {
    private static final int REUSE_AFTER = 1024;

    private final int maxConnections;
    private final RandomGenerator random;
    private @Nullable ConnectionCore[] slots = new ConnectionCore[16];
    private short[] generations = new short[16];
    private int[] freed = new int[16];
    private int freedHead;
    private int freedCount;
    private int used;
    private int size;

    ConnectionTable(int maxConnections, RandomGenerator random) {
        this.maxConnections = maxConnections;
        this.random = random;
    }

    /** A free slot, or -1 if the table is full. The slot is taken by {@link #put}. */
    int freeSlot() {
        if (freedCount > REUSE_AFTER || (used == maxConnections && freedCount > 0)) {
            int slot = freed[freedHead];
            freedHead = (freedHead + 1) & (freed.length - 1);
            freedCount--;
            return slot;
        }
        if (used == maxConnections) {
            return -1;
        }
        if (used == slots.length) {
            slots = Arrays.copyOf(slots, 2 * used);
            generations = Arrays.copyOf(generations, 2 * used);
        }
        generations[used] = (short) random.nextInt(ConnectionIds.GENERATION_MASK + 1);
        return used++;
    }

    /** The generation of a slot's next or present tenant. */
    int generation(int slot) {
        return generations[slot];
    }

    void put(int slot, ConnectionCore connection) {
        slots[slot] = connection;
        size++;
    }

    /** Frees the slot and begins its next generation. */
    void remove(int slot) {
        slots[slot] = null;
        size--;
        generations[slot] = (short) ((generations[slot] + 1) & ConnectionIds.GENERATION_MASK);
        giveBack(slot);
    }

    /** Takes back a slot from {@link #freeSlot()} that was not used. */
    void giveBack(int slot) {
        if (freedCount == freed.length) {
            int[] wider = new int[2 * freedCount];
            for (int i = 0; i < freedCount; i++) {
                wider[i] = freed[(freedHead + i) & (freedCount - 1)];
            }
            freed = wider;
            freedHead = 0;
        }
        freed[(freedHead + freedCount++) & (freed.length - 1)] = slot;
    }

    @Nullable
    ConnectionCore get(int slot) {
        return slot < used ? slots[slot] : null;
    }

    int size() {
        return size;
    }

    /** One more than the highest slot ever used. */
    int end() {
        return used;
    }
}
