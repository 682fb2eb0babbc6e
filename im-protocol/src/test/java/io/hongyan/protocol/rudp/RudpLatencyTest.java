// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * One-way latency of ordered chat: 200 bytes, 50 a second, a round trip of 50 ms, without redundancy. The bounds of ideal
 * retransmission (each loss noticed after exactly one round trip) for p99 are 75 ms at 5 %, 125 ms at 10 %, 175 ms at
 * 20 % loss.
 */
class RudpLatencyTest {
    private static final long MILLI = 1_000_000L;
    private static final int MESSAGES = 1500;
    private static final int SEEDS = 20;

    @Test
    void losesLittleTimeToLoss() {
        assertThat(measure(0)).isLessThanOrEqualTo(26 * MILLI);
        assertThat(measure(0.05)).isLessThanOrEqualTo(90 * MILLI);
        assertThat(measure(0.10)).isLessThanOrEqualTo(138 * MILLI);
        assertThat(measure(0.20)).isLessThanOrEqualTo(210 * MILLI);
        measure(0.30);
    }

    /** Prints the table's row; answers p99. */
    private static long measure(double loss) {
        long[] latencies = new long[SEEDS * MESSAGES];
        long wireBytes = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            wireBytes += run(seed + 1, loss, latencies, seed * MESSAGES);
        }
        Arrays.sort(latencies);
        long p99 = at(latencies, 0.99);
        System.out.printf(
                "rudp latency: RTT 50 ms, loss %2.0f %%, 50/s x 200 B: p50 %.1f  p95 %.1f  p99 %.1f  max %.1f ms;"
                        + " wire / payload %.2f%n",
                loss * 100,
                at(latencies, 0.5) / 1e6,
                at(latencies, 0.95) / 1e6,
                p99 / 1e6,
                latencies[latencies.length - 1] / 1e6,
                (double) wireBytes / (SEEDS * MESSAGES * 200L));
        return p99;
    }

    private static long at(long[] sorted, double share) {
        return sorted[(int) (sorted.length * share)];
    }

    private static long run(long seed, double loss, long[] latencies, int from) {
        VirtualClock clock = new VirtualClock();
        LinkProfile link =
                LinkProfile.builder("chat").delayMillis(25).loss(loss).build();
        SimulatedNetwork network = new SimulatedNetwork(clock, seed, link);
        RandomStream random = RandomStream.of(seed, "keys");
        RudpConfig config = RudpConfig.defaults();
        SimPeer server = new SimPeer(
                network,
                "server",
                SimAddress.ipv4("10.0.0.1", 7901),
                RudpEndpoint.server(config, ServerSecret.random(random), 0, random, RudpTracer.NONE));
        SimPeer client = new SimPeer(
                network,
                "client",
                SimAddress.ipv4("10.0.0.2", 5000),
                RudpEndpoint.client(config, random, RudpTracer.NONE));
        int[] arrived = {0};
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                latencies[from + arrived[0]++] =
                        clock.nowNanos() - event.frame().getLong(event.frame().position());
            }
        };
        RudpConnection connection = client.connect(server);
        assertThat(clock.runUntil(connection::isOpen, 10_000 * MILLI)).isTrue();
        long[] wireBytes = {0};
        network.observe((nowNanos, source, target, datagram) -> wireBytes[0] += datagram.remaining() + 28);
        for (int i = 0; i < MESSAGES; i++) {
            byte[] frame = new byte[200];
            ByteBuffer.wrap(frame).putLong(clock.nowNanos());
            client.send(connection, Lane.CHAT, frame);
            clock.advanceBy(20 * MILLI);
        }
        assertThat(clock.runUntil(() -> arrived[0] == MESSAGES, 10_000 * MILLI)).isTrue();
        return wireBytes[0];
    }
}
