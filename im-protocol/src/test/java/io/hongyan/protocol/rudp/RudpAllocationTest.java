// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.hongyan.protocol.Lane;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** On its steady path the engine allocates nothing, whether datagrams are lost or not. */
class RudpAllocationTest {
    private static final int ROUNDS = 4_000;
    private static final long MILLI = 1_000_000L;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final byte[] small = new byte[100];
    private final byte[] large = new byte[4_100];
    private RudpConnection accepted;
    private long delivered;

    @Test
    void allocatesNothingPerDatagramWithoutLoss() {
        assertThat(bytesPerDatagram(0)).isLessThan(0.5);
    }

    @Test
    void allocatesNothingPerDatagramUnderLoss() {
        assertThat(bytesPerDatagram(11)).isLessThan(0.5);
    }

    /** A flow that knows no rest, and then bursts with rests between them. */
    @Test
    void allocatesNearlyNothingInALongFlowUnderLoss() {
        LossyFlow flow = new LossyFlow();
        flow.run(20_000);
        flow.rest();
        flow.run(20_000);
        long bytes = allocatedBytes();
        for (int burst = 0; burst < 10; burst++) {
            flow.run(6_000);
            flow.rest();
        }
        bytes = allocatedBytes() - bytes;
        assertThat(bytes / 60_000.0).as("bytes a message").isLessThan(4);
        assertThat(flow.delivered()).isEqualTo(100_000);
    }

    private long allocatedBytes() {
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private double bytesPerDatagram(int loseEvery) {
        DirectPair pair = new DirectPair(RudpConfig.defaults(), RudpConfig.defaults());
        pair.onServer = event -> {
            if (event.kind() == RudpEvent.CONNECTED) {
                accepted = event.connection();
            }
            if (event.kind() == RudpEvent.FRAME) {
                delivered++;
            }
        };
        pair.onClient = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                delivered++;
            }
        };
        RudpConnection connection = pair.client.connect(pair.now, pair.serverAddress);
        pair.exchange();
        pair.loseEvery = loseEvery;
        run(pair, connection, ROUNDS);
        long id = Thread.currentThread().getId();
        threads.getThreadAllocatedBytes(id);
        long bytes = threads.getThreadAllocatedBytes(id);
        long datagrams = pair.datagrams;
        run(pair, connection, ROUNDS);
        bytes = threads.getThreadAllocatedBytes(id) - bytes;
        datagrams = pair.datagrams - datagrams;
        pair.pass(10_000 * MILLI);
        assertThat(delivered).isEqualTo(2L * ROUNDS * (8 + 1 + 1));
        return (double) bytes / datagrams;
    }

    /** Eight small messages and a long one to the server, one back; then a pause in which all becomes quiet. */
    private void run(DirectPair pair, RudpConnection connection, int rounds) {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < 8; i++) {
                connection.send(pair.now, Lane.CHAT, small);
            }
            connection.send(pair.now, Lane.BULK, large);
            connection.flush();
            accepted.send(pair.now, Lane.CHAT, small);
            accepted.flush();
            pair.exchange();
            pair.pass(20 * MILLI);
        }
    }
}
