// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/**
 * What one direction of a link has done so far. Immutable snapshot. Bytes are those of payloads; only
 * {@code maxQueueBytes} includes the overhead of datagrams that were waiting.
 *
 * @param datagramsIn offered by senders
 * @param bytesIn offered by senders
 * @param datagramsForwarded handed to receivers, copies included
 * @param bytesForwarded handed to receivers, copies included
 * @param datagramsLost taken by loss, single or in bursts
 * @param bytesLost taken by loss
 * @param queueDrops dropped because the queue was full
 * @param queueDropBytes dropped because the queue was full
 * @param mtuDrops larger than the MTU
 * @param mtuDropBytes larger than the MTU
 * @param cutDrops sent during a cut
 * @param cutDropBytes sent during a cut
 * @param duplicated sent on twice
 * @param reordered held back so that others overtake
 * @param corrupted with one bit flipped
 * @param maxQueueBytes the most that was ever in the queue, the datagram just added included
 */
public record LinkCounters(
        long datagramsIn,
        long bytesIn,
        long datagramsForwarded,
        long bytesForwarded,
        long datagramsLost,
        long bytesLost,
        long queueDrops,
        long queueDropBytes,
        long mtuDrops,
        long mtuDropBytes,
        long cutDrops,
        long cutDropBytes,
        long duplicated,
        long reordered,
        long corrupted,
        long maxQueueBytes) {

    /** A link that has done nothing. */
    public static final LinkCounters ZERO = new LinkCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Both together; of the two largest queues the larger one. */
    public LinkCounters plus(LinkCounters other) {
        return new LinkCounters(
                datagramsIn + other.datagramsIn,
                bytesIn + other.bytesIn,
                datagramsForwarded + other.datagramsForwarded,
                bytesForwarded + other.bytesForwarded,
                datagramsLost + other.datagramsLost,
                bytesLost + other.bytesLost,
                queueDrops + other.queueDrops,
                queueDropBytes + other.queueDropBytes,
                mtuDrops + other.mtuDrops,
                mtuDropBytes + other.mtuDropBytes,
                cutDrops + other.cutDrops,
                cutDropBytes + other.cutDropBytes,
                duplicated + other.duplicated,
                reordered + other.reordered,
                corrupted + other.corrupted,
                Math.max(maxQueueBytes, other.maxQueueBytes));
    }

    /** The share of offered datagrams that went no further, whatever the reason: 0 to 1; 0 if none was offered. */
    public double dropShare() {
        return datagramsIn == 0 ? 0 : (datagramsLost + queueDrops + mtuDrops + cutDrops) / (double) datagramsIn;
    }
}
