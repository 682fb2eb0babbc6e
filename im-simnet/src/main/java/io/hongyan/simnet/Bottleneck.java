// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/** The slowest hop of a link: a serial line behind a tail-drop queue counted in bytes. Confined to its link. */
final class Bottleneck {

    private long freeAtNanos;
    private long departureNanos;
    private long maxQueueBytes;

    Bottleneck(long startNanos) {
        this.freeAtNanos = startNanos;
    }

    /** Puts a datagram into the queue; false if it does not fit. */
    boolean enqueue(LinkProfile profile, long nowNanos, int length) {
        if (profile.rateBitsPerSecond() == 0) {
            departureNanos = nowNanos;
            return true;
        }
        double bytesPerNano = profile.rateBitsPerSecond() / (double) (Byte.SIZE * Units.SECOND_NANOS);
        long startNanos = freeAtNanos - nowNanos > 0 ? freeAtNanos : nowNanos;
        long waitingBytes = (long) ((startNanos - nowNanos) * bytesPerNano);
        int size = length + profile.overheadBytes();
        if (waitingBytes > 0 && waitingBytes + size > profile.queueBytes()) {
            return false;
        }
        maxQueueBytes = Math.max(maxQueueBytes, waitingBytes + size);
        freeAtNanos = startNanos + (long) (size / bytesPerNano);
        departureNanos = freeAtNanos;
        return true;
    }

    /** When the last byte of the datagram enqueued last has left. */
    long departureNanos() {
        return departureNanos;
    }

    long maxQueueBytes() {
        return maxQueueBytes;
    }
}
