// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/** By how much the receive windows of an endpoint's connections may have grown in all, counted by what peers were promised. */
final class GrowthBudget {
    private long leftBytes;

    GrowthBudget(long bytes) {
        leftBytes = bytes;
    }

    /** Answers whether there was as much. */
    boolean take(long bytes) {
        if (bytes > leftBytes) {
            return false;
        }
        leftBytes -= bytes;
        return true;
    }

    void giveBack(long bytes) {
        leftBytes += bytes;
    }

    long leftBytes() {
        return leftBytes;
    }
}
