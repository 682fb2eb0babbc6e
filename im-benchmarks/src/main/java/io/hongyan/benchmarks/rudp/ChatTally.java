// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.measure.Latencies;
import io.hongyan.benchmarks.peer.Message;
import io.hongyan.benchmarks.road.Traffic;
import io.hongyan.simnet.Lateness;
import java.util.Collection;

/**
 * What became of the messages of one flow, or of many. Immutable.
 *
 * @param latencies of all messages
 * @param traffic that it took
 * @param lateness of the relays
 * @param doubled messages that arrived again
 * @param overtaken messages that arrived after a later one
 */
record ChatTally(Latencies latencies, Traffic traffic, Lateness lateness, int doubled, int overtaken) {

    /** All together. */
    static ChatTally pooled(Collection<ChatTally> parts) {
        return new ChatTally(
                Latencies.pooled(parts.stream().map(ChatTally::latencies).toList()),
                parts.stream().map(ChatTally::traffic).reduce(Traffic.NONE, Traffic::plus),
                parts.stream().map(ChatTally::lateness).reduce(Lateness.NONE, Lateness::plus),
                parts.stream().mapToInt(ChatTally::doubled).sum(),
                parts.stream().mapToInt(ChatTally::overtaken).sum());
    }

    /** Bytes on the wire, both directions and all headers, for each byte of messages. */
    double bytesPerPayload() {
        return traffic.bytes() / (double) ((long) latencies.count() * Message.BYTES);
    }

    /** Packets from the receiver back to the sender for each message. */
    double acksPerMessage() {
        return traffic.downPackets() / (double) latencies.count();
    }

    /** Packets from the sender to the receiver for each message. */
    double packetsPerMessage() {
        return traffic.upPackets() / (double) latencies.count();
    }
}
