// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A queue of deliveries that costs an idle session nothing: no array before the first, none kept after a crowd has left.
 * Not thread-safe.
 */
public final class DeliveryQueue {
    private static final int SMALLEST = 8;
    private static final int KEPT_WHEN_EMPTY = 64;

    private @Nullable Delivery @Nullable [] ring;
    private int head;
    private int size;

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public void add(Delivery delivery) {
        @Nullable Delivery[] cells = withRoom();
        cells[head + size & cells.length - 1] = delivery;
        size++;
    }

    /** Adds one that is older than all others. */
    public void addFirst(Delivery delivery) {
        @Nullable Delivery[] cells = withRoom();
        head = head - 1 & cells.length - 1;
        cells[head] = delivery;
        size++;
    }

    /** Takes the oldest. */
    @Nullable
    public Delivery poll() {
        @Nullable Delivery[] cells = ring;
        if (cells == null || size == 0) {
            return null;
        }
        Delivery oldest = cells[head];
        cells[head] = null;
        head = head + 1 & cells.length - 1;
        size--;
        if (size == 0 && cells.length > KEPT_WHEN_EMPTY) {
            ring = null;
            head = 0;
        }
        return oldest;
    }

    /** Takes the oldest of those that are done already, if it is at the head. */
    public void dropDoneHead() {
        while (size > 0) {
            Delivery oldest = peek();
            if (oldest == null || !oldest.isDone()) {
                return;
            }
            poll();
        }
    }

    /** The oldest. */
    @Nullable
    public Delivery peek() {
        @Nullable Delivery[] cells = ring;
        return cells == null || size == 0 ? null : cells[head];
    }

    /** The one with this place in the queue, from 0 for the oldest. */
    public Delivery get(int place) {
        @Nullable Delivery[] cells = ring;
        Delivery found = cells == null || place >= size ? null : cells[head + place & cells.length - 1];
        if (found == null) {
            throw new IndexOutOfBoundsException(place);
        }
        return found;
    }

    /** Forgets all. */
    public void clear() {
        ring = null;
        head = 0;
        size = 0;
    }

    private @Nullable Delivery[] withRoom() {
        @Nullable Delivery[] cells = ring;
        if (cells == null) {
            cells = new Delivery[SMALLEST];
            ring = cells;
        } else if (size == cells.length) {
            @Nullable Delivery[] wider = Arrays.copyOf(cells, size * 2);
            System.arraycopy(cells, 0, wider, size, head);
            Arrays.fill(wider, 0, head, null);
            cells = wider;
            ring = wider;
        }
        return cells;
    }
}
