// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds of an endpoint after each of its driver's rounds, whatever came in and however often. */
final class EndpointInvariants {
    /** A deadline told is a tick of the wheel, and may have passed by less than one. */
    private static final long TICK_NANOS = 1 << 18;

    private static final long PARTIAL_SPARE_BYTES = 64 << 10;

    private EndpointInvariants() {}

    /** Checks the endpoint and all its connections. */
    static void check(RudpEndpoint endpoint, long nowNanos) {
        int hot = 0;
        int connections = 0;
        for (int slot = 0; slot < endpoint.table().end(); slot++) {
            ConnectionCore connection = endpoint.connectionAt(slot);
            if (connection != null) {
                connections++;
                hot += connection.hotOrNull() == null ? 0 : 1;
                check(connection);
            }
        }
        require(connections == endpoint.connections(), "connections", connections, endpoint.connections());
        require(
                hot == endpoint.pool().inUse(),
                "hot states",
                hot,
                endpoint.pool().inUse());
        long next = endpoint.nextDeadlineNanos();
        require(next == Deadlines.NONE || next - nowNanos > -TICK_NANOS, "a deadline in the past", next, nowNanos);
    }

    private static void check(ConnectionCore connection) {
        require(connection.state() != ConnectionState.CLOSED, "a closed connection in the table", 0, 0);
        require(connection.deadlineNanos != Deadlines.NONE, "a connection without a deadline", 0, 0);
        require(connection.path.allowedBytes() >= 0, "credit of the path", connection.path.allowedBytes(), 0);
        HotState hot = connection.hotOrNull();
        // Who broke the credit is on his way out.
        for (int lane = 0;
                hot != null && lane < Wire.LANES && connection.state().isActive();
                lane++) {
            RudpConfig config = connection.config();
            boolean bulk = lane == Lanes.BULK;
            check(connection.lanes.out(lane), bulk ? config.largestBulkBufferBytes() : config.sendBufferBytes());
            check(connection.lanes.in(lane), bulk ? config.largestBulkWindowBytes() : config.receiveWindowBytes());
        }
        if (hot != null) {
            require(!connection.state().isOver(), "a hot state after the end", 0, 0);
            check(hot, connection.config());
        }
    }

    private static void check(SendLane lane, int bufferBytes) {
        require(lane.chargedBytes() <= lane.creditBytes(), "credit", lane.chargedBytes(), lane.creditBytes());
        require(lane.pendingBytes() >= 0, "bytes waiting", lane.pendingBytes(), 0);
        require(lane.pendingBytes() <= bufferBytes, "buffer", lane.pendingBytes(), bufferBytes);
    }

    private static void check(ReceiveLane lane, int windowBytes) {
        long window = Math.max(windowBytes, Wire.INITIAL_CREDIT_BYTES);
        long kept = lane.receivedBytes() - lane.consumedBytes();
        long granted = lane.grantedBytes() - lane.consumedBytes();
        require(lane.receivedBytes() <= lane.grantedBytes(), "grant", lane.receivedBytes(), lane.grantedBytes());
        require(kept >= 0 && kept <= window, "bytes kept for the application", kept, window);
        require(granted <= window, "a grant beyond the window", granted, window);
    }

    private static void check(HotState hot, RudpConfig config) {
        checkInFlight(hot.sent);
        check(hot.chatEarly, config);
        check(hot.bulkEarly, config);
    }

    /** The bytes in flight are those of the datagrams that are neither acknowledged nor lost. */
    private static void checkInFlight(SentPackets sent) {
        long bytes = 0;
        int outstanding = 0;
        for (long number = sent.first(); number < sent.next(); number++) {
            if (sent.state(number) == SentPackets.OUTSTANDING) {
                bytes += sent.bytes(number);
                outstanding++;
            }
        }
        require(bytes == sent.bytesInFlight(), "bytes in flight", bytes, sent.bytesInFlight());
        require(outstanding == sent.outstanding(), "datagrams in flight", outstanding, sent.outstanding());
        long remembered = sent.next() - sent.first();
        require(remembered <= 2L * SentPackets.MAX_PACKETS, "datagrams remembered", remembered, 0);
    }

    private static void check(ReorderBuffer early, RudpConfig config) {
        long most = 4L * config.largestBulkWindowBytes() + PARTIAL_SPARE_BYTES;
        require(early.partialBytes() >= 0 && early.partialBytes() <= most, "in part", early.partialBytes(), most);
        long ring = 12L * Wire.MAX_MESSAGES_OPEN;
        require(early.heldBytes() <= ring, "ring of early messages", early.heldBytes(), ring);
    }

    /** Without the cost of an assertion object: this runs many million times. */
    private static void require(boolean holds, String what, long value, long other) {
        if (!holds) {
            assertThat(value).as("%s (against %d)", what, other).isEqualTo(Long.MIN_VALUE);
        }
    }
}
