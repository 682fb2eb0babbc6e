// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

/**
 * When each message of an open loop is due: message k of the run, from 0, at {@code k / rate}; it belongs to pair
 * {@code k mod pairs}. Times are nanoseconds since the start of the run.
 */
record Schedule(double messagesPerSecond, int pairs) {

    /** When this message of this pair is due. */
    long dueNanos(int pair, long sequence) {
        return dueNanos(sequence * pairs + pair);
    }

    /** How many messages of the whole run are due before this time. */
    long dueBefore(long timeNanos) {
        long k = Math.max(0, (long) (timeNanos * messagesPerSecond / 1e9) - 1);
        while (dueNanos(k) < timeNanos) {
            k++;
        }
        return k;
    }

    /** When this message of the run is due. */
    long dueNanos(long k) {
        return (long) (k * (1e9 / messagesPerSecond));
    }
}
