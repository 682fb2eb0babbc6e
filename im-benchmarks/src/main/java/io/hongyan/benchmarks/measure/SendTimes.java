// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.measure;

import io.hongyan.simnet.RandomStream;

/**
 * When the messages of a flow are sent: one in each slot of the load's gap, at a random moment of it, so that no timer of
 * a transport falls in step with the load. The same seed gives the same times, to measurements and to bounds alike.
 */
public final class SendTimes {

    private SendTimes() {}

    /**
     * The times of all messages, from 0 on, ascending.
     *
     * @param messages how many, at least 0
     * @param gapNanos the length of a slot, above 0
     */
    public static long[] of(long seed, int messages, long gapNanos) {
        RandomStream random = RandomStream.of(seed, "send times");
        long[] times = new long[messages];
        for (int i = 0; i < messages; i++) {
            times[i] = (long) ((i + random.nextDouble()) * gapNanos);
        }
        return times;
    }
}
