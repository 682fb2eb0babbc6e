// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.ThreadSafe;
import java.util.Arrays;

/** Positions in some inboxes, from 1 each. */
@ThreadSafe
public final class Positions {
    /** No position. */
    public static final Positions NONE = new Positions();

    private final long[] positions;

    /** @param positions are this object's from now on */
    public Positions(long... positions) {
        this.positions = positions;
    }

    /** How many. */
    public int size() {
        return positions.length;
    }

    /** The one of this place in the list, from 0. */
    public long get(int place) {
        return positions[place];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Positions that && Arrays.equals(positions, that.positions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(positions);
    }

    @Override
    public String toString() {
        return Arrays.toString(positions);
    }
}
