// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.BurstLoss;
import io.hongyan.simnet.JitterShape;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One-way latency of ordered chat: 200 bytes, 50 a second, a round trip of 50 ms, both with and without redundancy, and
 * what it costs in bytes both ways, 28 of IP and UDP counted for each datagram. The bounds of ideal retransmission (each
 * loss noticed after exactly one round trip) for p99 are 75 ms at 5 %, 125 ms at 10 %, 175 ms at 20 % loss; 226 ms in
 * outages of 80 ms in the mean; 904 ms at a round trip of 300 ms with 10 % loss.
 */
@Tag("once")
class RudpLatencyTest {
    private static final long MILLI = 1_000_000L;
    private static final int MESSAGES = 1500;
    private static final int SEEDS = 20;
    private static final int BYTES = 200;

    private final long[] latencies = new long[SEEDS * MESSAGES];
    private long wireBytes;
    private long datagramsSent;
    private long spurious;

    @ParameterizedTest
    @CsvSource({
        "false, 0, 25.1, 1.55",
        "false, 0.05, 83, 1.65",
        "false, 0.10, 138, 1.75",
        "false, 0.20, 193, 1.95",
        "true, 0, 25.1, 1.55",
        "true, 0.05, 60, 2.7",
        "true, 0.10, 85, 2.85",
        "true, 0.20, 105, 3.16"
    })
    void randomLoss(boolean redundancy, double loss, double p99Millis, double wirePerPayload) {
        LinkProfile link =
                LinkProfile.builder("random").delayMillis(25).loss(loss).build();
        measure("loss %.0f %%".formatted(100 * loss), redundancy, link);
        assertThat(quantileMillis(0.5)).isLessThanOrEqualTo(loss < 0.2 || redundancy ? 26 : 50);
        assertThat(quantileMillis(0.99)).isLessThanOrEqualTo(p99Millis);
        assertThat(wirePerPayload()).isLessThanOrEqualTo(wirePerPayload);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void outages(boolean redundancy) {
        BurstLoss outages = BurstLoss.timed(920, 80);
        measure(
                "outages of 80 ms, 8 % of the time",
                redundancy,
                LinkProfile.builder("outages").delayMillis(25).bursts(outages).build());
        assertThat(quantileMillis(0.99)).isLessThanOrEqualTo(260);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void longPathWithJitter(boolean redundancy) {
        LinkProfile link = LinkProfile.builder("jitter")
                .delayMillis(150)
                .jitterMillis(30, JitterShape.UNIFORM)
                .loss(0.10)
                .reordering(0.05, 20)
                .build();
        measure("300 ms, jitter, loss 10 %", redundancy, link);
        assertThat(quantileMillis(0.99)).isLessThanOrEqualTo(1.2 * 904);
        assertThat(spurious).as("of %s", datagramsSent).isLessThanOrEqualTo(datagramsSent / 20);
    }

    @Test
    void outageOfUpToASecondIsOverThreeRoundTripsLater() {
        for (int millis = 60; millis <= 1_000; millis += 47) {
            LinkProfile link =
                    LinkProfile.builder("steady").delayMillis(25).keepOrder().build();
            run(millis, false, link, 0, millis);
            Arrays.sort(latencies, 0, MESSAGES);
            assertThat(latencies[MESSAGES - 1] / MILLI)
                    .as("outage of %s ms", millis)
                    .isLessThanOrEqualTo(millis + 150);
        }
    }

    private void measure(String name, boolean redundancy, LinkProfile link) {
        for (int seed = 0; seed < SEEDS; seed++) {
            run(seed + 1, redundancy, link, seed * MESSAGES, 0);
        }
        Arrays.sort(latencies);
        System.out.printf(
                "rudp latency: %s, redundancy %s: p50 %.1f  p95 %.1f  p99 %.1f  max %.1f ms; wire / payload %.2f;"
                        + " spurious %.1f %%%n",
                name,
                redundancy ? "on" : "off",
                quantileMillis(0.5),
                quantileMillis(0.95),
                quantileMillis(0.99),
                latencies[latencies.length - 1] / 1e6,
                wirePerPayload(),
                100.0 * spurious / datagramsSent);
    }

    private double quantileMillis(double share) {
        return latencies[(int) (latencies.length * share)] / 1e6;
    }

    private double wirePerPayload() {
        return (double) wireBytes / (SEEDS * MESSAGES * BYTES);
    }

    /** @param outageMillis how long nothing passes either way, in the middle */
    private void run(long seed, boolean redundancy, LinkProfile link, int from, int outageMillis) {
        VirtualClock clock = new VirtualClock();
        SimulatedNetwork network = new SimulatedNetwork(clock, seed, link);
        RandomStream random = RandomStream.of(seed, "keys");
        RudpConfig config = RudpConfig.builder().redundancy(redundancy).build();
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
        network.observe((nowNanos, source, target, datagram) -> wireBytes += datagram.remaining() + 28);
        for (int i = 0; i < MESSAGES; i++) {
            if (i == MESSAGES / 2 && outageMillis > 0) {
                network.cut(client.node, server.node, clock.nowNanos(), outageMillis * MILLI);
                network.cut(server.node, client.node, clock.nowNanos(), outageMillis * MILLI);
            }
            byte[] frame = new byte[BYTES];
            ByteBuffer.wrap(frame).putLong(clock.nowNanos());
            client.send(connection, Lane.CHAT, frame);
            clock.advanceBy(20 * MILLI);
        }
        assertThat(clock.runUntil(() -> arrived[0] == MESSAGES, 10_000 * MILLI)).isTrue();
        datagramsSent += connection.stats().datagramsSent();
        spurious += connection.stats().lossesSpurious();
    }
}
