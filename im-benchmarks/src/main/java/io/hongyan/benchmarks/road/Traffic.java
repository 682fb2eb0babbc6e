// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.road;

import io.hongyan.simnet.RelayCounters;

/**
 * What the two ends have put on a road, whether it arrived or not. Immutable. Bytes are those of IP packets, all headers
 * included.
 *
 * @param upPackets from the client to the server
 * @param upBytes from the client to the server
 * @param downPackets from the server to the client
 * @param downBytes from the server to the client
 */
public record Traffic(long upPackets, long upBytes, long downPackets, long downBytes) {

    /** Nothing. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0);

    /** What a relay was offered, each datagram with headers that the relay does not see. */
    static Traffic of(RelayCounters counters, int headerBytes) {
        return new Traffic(
                counters.up().datagramsIn(),
                counters.up().bytesIn() + headerBytes * counters.up().datagramsIn(),
                counters.down().datagramsIn(),
                counters.down().bytesIn() + headerBytes * counters.down().datagramsIn());
    }

    /** Both together. */
    public Traffic plus(Traffic other) {
        return new Traffic(
                upPackets + other.upPackets,
                upBytes + other.upBytes,
                downPackets + other.downPackets,
                downBytes + other.downBytes);
    }

    /** What came after an earlier reading. */
    public Traffic since(Traffic earlier) {
        return new Traffic(
                upPackets - earlier.upPackets,
                upBytes - earlier.upBytes,
                downPackets - earlier.downPackets,
                downBytes - earlier.downBytes);
    }

    /** Both directions. */
    public long bytes() {
        return upBytes + downBytes;
    }

    /** Both directions. */
    public long packets() {
        return upPackets + downPackets;
    }
}
