// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue of entries ordered by (due time, insertion), from which any entry can also be removed; every operation costs
 * O(log n). Times are compared by difference, so any origin of the clock will do. Confined to its owner.
 */
final class TimeQueue<E extends TimeQueue.Entry> {

    private final List<E> heap = new ArrayList<>();
    private long insertions;

    /** What a queue holds; an entry is in at most one queue at a time. */
    abstract static class Entry {
        private long dueNanos;
        private long insertion;
        private int position = ABSENT;

        final long dueNanos() {
            return dueNanos;
        }

        final boolean isQueued() {
            return position != ABSENT;
        }

        private boolean isBefore(Entry other) {
            long difference = dueNanos - other.dueNanos;
            return difference != 0 ? difference < 0 : insertion - other.insertion < 0;
        }
    }

    void add(E entry, long dueNanos) {
        assert !entry.isQueued();
        Entry asEntry = entry;
        asEntry.dueNanos = dueNanos;
        asEntry.insertion = insertions++;
        heap.add(entry);
        siftUp(heap.size() - 1, entry);
    }

    @Nullable
    E peek() {
        return heap.isEmpty() ? null : heap.get(0);
    }

    @Nullable
    E poll() {
        E first = peek();
        if (first != null) {
            remove(first);
        }
        return first;
    }

    /** Takes the entry out; false if it was not in the queue. */
    boolean remove(E entry) {
        Entry asEntry = entry;
        int hole = asEntry.position;
        if (hole == ABSENT) {
            return false;
        }
        asEntry.position = ABSENT;
        E last = heap.remove(heap.size() - 1);
        if (last != entry) {
            if (hole > 0 && ((Entry) last).isBefore(heap.get(parentOf(hole)))) {
                siftUp(hole, last);
            } else {
                siftDown(hole, last);
            }
        }
        return true;
    }

    int size() {
        return heap.size();
    }

    private void siftUp(int from, E entry) {
        int hole = from;
        while (hole > 0) {
            E parent = heap.get(parentOf(hole));
            if (!((Entry) entry).isBefore(parent)) {
                break;
            }
            place(hole, parent);
            hole = parentOf(hole);
        }
        place(hole, entry);
    }

    private void siftDown(int from, E entry) {
        int hole = from;
        for (int child = 2 * hole + 1; child < heap.size(); child = 2 * hole + 1) {
            if (child + 1 < heap.size() && ((Entry) heap.get(child + 1)).isBefore(heap.get(child))) {
                child++;
            }
            if (!((Entry) heap.get(child)).isBefore(entry)) {
                break;
            }
            place(hole, heap.get(child));
            hole = child;
        }
        place(hole, entry);
    }

    private void place(int position, E entry) {
        heap.set(position, entry);
        ((Entry) entry).position = position;
    }

    private static int parentOf(int position) {
        return (position - 1) / 2;
    }

    private static final int ABSENT = -1;
}
