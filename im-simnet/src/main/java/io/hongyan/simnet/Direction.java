// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/** A way across a link between two ends, of which the first is called the client. */
public enum Direction {
    /** From the client to the server. */
    UP,
    /** From the server to the client. */
    DOWN,
    /** Both ways. */
    BOTH;

    /** Whether this is the other or both. */
    public boolean covers(Direction other) {
        return this == BOTH || this == other;
    }
}
