// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.Nullable;

/**
 * One deadline per connection in a lazy hierarchical wheel (Varghese and Lauck, 1987): five levels of 64 slots, the
 * finest of 0.26 ms, lists threaded through the connections themselves. Setting a deadline later only writes it down;
 * the slot finds out when its time comes. A million idle connections cost nothing between their own deadlines.
 *
 * <p>Deadlines are rounded up, so nothing fires early; the next deadline told may be early, never late.
 */
final class Deadlines {
    /** Never. */
    static final long NONE = Long.MAX_VALUE;

    /** The wheel asks to be called again for a connection whose deadline has come. */
    interface Expiry {
        void onExpired(ConnectionCore connection, long nowNanos);
    }

    private static final int TICK_SHIFT = 18;
    private static final int LEVELS = 5;
    private static final int LEVEL_SHIFT = 6;
    private static final int SLOTS = 1 << LEVEL_SHIFT;
    private static final long FARTHEST_TICKS = 1L << (LEVELS * LEVEL_SHIFT);
    static final short NOT_IN_WHEEL = -1;

    private final @Nullable ConnectionCore[] heads = new ConnectionCore[LEVELS * SLOTS];
    private final long[] occupied = new long[LEVELS];
    private long currentTick;
    private boolean begun;

    /** Sets or clears ({@link #NONE}) the one deadline of a connection. */
    void set(ConnectionCore connection, long deadlineNanos) {
        connection.deadlineNanos = deadlineNanos;
        if (deadlineNanos == NONE) {
            return;
        }
        long tick = tickAtOrAfter(deadlineNanos);
        if (connection.wheelSlot != NOT_IN_WHEEL) {
            if (tick >= beginOf(connection.wheelSlot)) {
                return;
            }
            unlink(connection);
        }
        insert(connection, tick);
    }

    /** Forgets a connection. */
    void remove(ConnectionCore connection) {
        connection.deadlineNanos = NONE;
        if (connection.wheelSlot != NOT_IN_WHEEL) {
            unlink(connection);
        }
    }

    /** When {@link #advance} must be called next. */
    long nextNanos() {
        long tick = nextTick();
        return tick == Long.MAX_VALUE ? NONE : tick << TICK_SHIFT;
    }

    /** Lets time pass where nothing is due, so that new deadlines are placed by their distance from now. */
    void passTo(long nowNanos) {
        long nowTick = nowNanos >> TICK_SHIFT;
        if (!begun) {
            begun = true;
            currentTick = nowTick;
        } else if (nowTick > currentTick && nextTick() > nowTick) {
            currentTick = nowTick;
        }
    }

    /** Fires every deadline that has come. */
    void advance(long nowNanos, Expiry expiry) {
        passTo(nowNanos);
        long nowTick = nowNanos >> TICK_SHIFT;
        long tick = nextTick();
        while (tick <= nowTick) {
            currentTick = tick;
            for (int level = LEVELS - 1; level >= 0; level--) {
                if ((tick & ((1L << (level * LEVEL_SHIFT)) - 1)) == 0) {
                    drain(level, nowNanos, expiry);
                }
            }
            tick = nextTick();
        }
        if (nowTick > currentTick) {
            currentTick = nowTick;
        }
    }

    private void drain(int level, long nowNanos, Expiry expiry) {
        int slot = (int) (currentTick >> (level * LEVEL_SHIFT)) & (SLOTS - 1);
        int index = level * SLOTS + slot;
        ConnectionCore connection = heads[index];
        heads[index] = null;
        occupied[level] &= ~(1L << slot);
        while (connection != null) {
            ConnectionCore next = connection.wheelNext;
            connection.wheelNext = null;
            connection.wheelPrevious = null;
            connection.wheelSlot = NOT_IN_WHEEL;
            long deadline = connection.deadlineNanos;
            if (deadline != NONE) {
                if (deadline - nowNanos <= 0) {
                    connection.deadlineNanos = NONE;
                    expiry.onExpired(connection, nowNanos);
                } else {
                    insert(connection, tickAtOrAfter(deadline));
                }
            }
            connection = next;
        }
    }

    private long nextTick() {
        long earliest = Long.MAX_VALUE;
        for (int level = 0; level < LEVELS; level++) {
            long bits = occupied[level];
            if (bits != 0) {
                long current = currentTick >> (level * LEVEL_SHIFT);
                int distance = Long.numberOfTrailingZeros(Long.rotateRight(bits, (int) (current + 1))) + 1;
                earliest = Math.min(earliest, (current + distance) << (level * LEVEL_SHIFT));
            }
        }
        return earliest;
    }

    /** The tick at which a slot is looked at next. */
    private long beginOf(int index) {
        int level = index / SLOTS;
        long current = currentTick >> (level * LEVEL_SHIFT);
        long distance = ((index - current - 1) & (SLOTS - 1)) + 1;
        return (current + distance) << (level * LEVEL_SHIFT);
    }

    private void insert(ConnectionCore connection, long tick) {
        long distance = tick - currentTick;
        if (distance <= 0) {
            tick = currentTick + 1;
            distance = 1;
        } else if (distance >= FARTHEST_TICKS) {
            tick = currentTick + FARTHEST_TICKS - 1;
            distance = FARTHEST_TICKS - 1;
        }
        int level = (63 - Long.numberOfLeadingZeros(distance)) / LEVEL_SHIFT;
        int slot = (int) (tick >> (level * LEVEL_SHIFT)) & (SLOTS - 1);
        int index = level * SLOTS + slot;
        ConnectionCore head = heads[index];
        connection.wheelSlot = (short) index;
        connection.wheelNext = head;
        connection.wheelPrevious = null;
        if (head != null) {
            head.wheelPrevious = connection;
        }
        heads[index] = connection;
        occupied[level] |= 1L << slot;
    }

    private void unlink(ConnectionCore connection) {
        ConnectionCore previous = connection.wheelPrevious;
        ConnectionCore next = connection.wheelNext;
        int index = connection.wheelSlot;
        if (previous == null) {
            heads[index] = next;
            if (next == null) {
                occupied[index / SLOTS] &= ~(1L << (index & (SLOTS - 1)));
            }
        } else {
            previous.wheelNext = next;
        }
        if (next != null) {
            next.wheelPrevious = previous;
        }
        connection.wheelNext = null;
        connection.wheelPrevious = null;
        connection.wheelSlot = NOT_IN_WHEEL;
    }

    private static long tickAtOrAfter(long nanos) {
        return (nanos + (1L << TICK_SHIFT) - 1) >> TICK_SHIFT;
    }
}
