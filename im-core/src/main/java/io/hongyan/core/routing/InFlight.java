// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.session.Delivery;
import io.hongyan.core.session.DeliveryQueue;
import io.hongyan.protocol.Confined;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one inbox of which it is open whether anybody gets them: handed to a session, and not counted by a first
 * one. Several sessions that are handed the same one share it.
 */
@Confined("the mailbox's lock")
final class InFlight {
    private static final int COMPACT_AT = 64;

    /** Ascending by position. */
    private final DeliveryQueue open = new DeliveryQueue();

    private int done;
    private long settledThrough;

    /** Some device has everything up to this position. */
    void begin(long position) {
        settledThrough = Math.max(settledThrough, position);
    }

    /** A message that was handed over before; null when it is settled, or new. */
    @Nullable
    Delivery find(long position) {
        int low = 0;
        int high = open.size() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            Delivery delivery = open.get(middle);
            if (delivery.position() == position) {
                return delivery.isDone() ? null : delivery;
            }
            if (delivery.position() < position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /** Whether it was handed over before. */
    boolean isKnown(long position) {
        return position <= settledThrough;
    }

    /** A message is handed over for the first time; behind all others. */
    void add(Delivery delivery) {
        settledThrough = delivery.position();
        open.add(delivery);
    }

    /** The oldest that is open, held by nobody, and not behind this position. */
    @Nullable
    Delivery leftBehind(long position) {
        for (int i = 0; i < open.size(); i++) {
            Delivery delivery = open.get(i);
            if (delivery.position() > position) {
                return null;
            }
            if (!delivery.isDone() && !delivery.isHeld()) {
                return delivery;
            }
        }
        return null;
    }

    /** One of them is done. */
    void finished() {
        done++;
    }

    /** Done messages leave at the head; behind one that takes long they are weeded out now and then. */
    void dropDone() {
        int before = open.size();
        open.dropDoneHead();
        done -= before - open.size();
        if (open.size() > COMPACT_AT && done > open.size() / 2) {
            for (int left = open.size(); left > 0; left--) {
                Delivery delivery = open.poll();
                if (delivery != null && !delivery.isDone()) {
                    open.add(delivery);
                }
            }
            done = 0;
        }
    }

    /** Those that are open. */
    int size() {
        return open.size() - done;
    }

    /** Nobody is here any more; whoever comes next reads them again. */
    void clear() {
        open.clear();
        done = 0;
    }
}
