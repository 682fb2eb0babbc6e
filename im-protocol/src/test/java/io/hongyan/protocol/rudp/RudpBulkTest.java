// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.LinkProfile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goodput of 10 MB through a bottleneck of 20 Mbit/s, a round trip of 50 ms, a queue of 128 KiB, with loss behind the
 * bottleneck, both ways; and what a clip of 1 MiB does to the chat beside it at 2 Mbit/s.
 */
@Tag("once")
class RudpBulkTest {
    private static final long MILLI = SharedPath.MILLI;
    private static final long SECOND = SharedPath.SECOND;
    private static final int SEEDS = 3;
    private static final long BYTES = 10_000_000;

    private static LinkProfile link(long bitsPerSecond, double loss) {
        return link(bitsPerSecond, loss, 25);
    }

    private static LinkProfile link(long bitsPerSecond, double loss, int delayMillis) {
        return LinkProfile.builder("bottleneck")
                .delayMillis(delayMillis)
                .rate(bitsPerSecond, 128 << 10)
                .loss(loss)
                .build();
    }

    /** Megabits per second, and bytes on the wire per byte. */
    private record Figure(double goodput, double wire) {}

    private static Figure measure(CongestionControl kind, double loss, int seeds) {
        return measure(kind, loss, 25, seeds);
    }

    private static Figure measure(CongestionControl kind, double loss, int delayMillis, int seeds) {
        double nanos = 0;
        double wire = 0;
        for (int seed = 1; seed <= seeds; seed++) {
            SharedPath path = new SharedPath(seed, link(20_000_000, loss, delayMillis));
            SharedPath.Flow flow = path.flow(kind);
            long begin = path.clock.nowNanos();
            long before = path.wireBytes();
            flow.bulk(BYTES);
            assertThat(path.clock.runUntil(() -> flow.received == BYTES, 200 * SECOND))
                    .isTrue();
            nanos += path.clock.nowNanos() - begin;
            wire += path.wireBytes() - before;
        }
        Figure figure = new Figure(BYTES * 8.0 * seeds * 1e3 / nanos, wire / (BYTES * seeds));
        System.out.printf(
                "rudp bulk: 10 MB, 20 Mbit/s, RTT %d ms, queue 128 KiB, loss %.0f %%, %-5s: %.1f Mbit/s; wire / payload"
                        + " %.3f%n",
                2 * delayMillis, loss * 100, kind, figure.goodput, figure.wire);
        return figure;
    }

    @Test
    void fillsTheBottleneckWhateverIsLostBehindIt() {
        check(measure(CongestionControl.BBR, 0, SEEDS), 17.8, 1.15);
        check(measure(CongestionControl.BBR, 0.01, SEEDS), 17, 1.15);
        check(measure(CongestionControl.BBR, 0.05, SEEDS), 16, 1.15);
        check(measure(CongestionControl.BBR, 0.10, SEEDS), 14, 1.22);
        check(measure(CongestionControl.BBR, 0.20, SEEDS), 11.5, 1.38);
        for (double loss : new double[] {0, 0.01, 0.05, 0.20}) {
            measure(CongestionControl.CUBIC, loss, 1);
        }
    }

    /** There the peer's credit is the bound, and the queue of the path far shorter than a burst of the window. */
    @Test
    void doesNotFloodALongPath() {
        check(measure(CongestionControl.BBR, 0, 100, SEEDS), 12, 1.2);
        check(measure(CongestionControl.BBR, 0.01, 100, SEEDS), 10, 1.2);
    }

    @Test
    void givesBackWhatTheWindowGrewBy() {
        SharedPath path = new SharedPath(1, link(20_000_000, 0.05));
        GrowthBudget growth = path.server.endpoint.pool().growth();
        long all = growth.leftBytes();
        SharedPath.Flow flow = path.flow(CongestionControl.BBR);
        flow.bulk(BYTES / 4);
        path.clock.advanceBy(20 * SECOND);
        assertThat(flow.received).isEqualTo(BYTES / 4);
        assertThat(path.server.endpoint.pool().inUse()).isZero();
        // Promised is promised, for as long as the connection is there.
        assertThat(growth.leftBytes()).isBetween(all - (768 << 10), all - (128 << 10));
        flow.connection.close(path.clock.nowNanos(), 0);
        flow.peer.pump();
        path.clock.advanceBy(SECOND);
        assertThat(growth.leftBytes()).isEqualTo(all);
    }

    private static void check(Figure figure, double leastGoodput, double mostWire) {
        assertThat(figure.goodput).isGreaterThanOrEqualTo(leastGoodput);
        assertThat(figure.wire).isLessThanOrEqualTo(mostWire);
    }

    /** Chat alone, then with a clip in the bulk lane beside it; p99 of its latency in ms. */
    private static double chat(CongestionControl kind, long clipBytes) {
        List<Long> latencies = new ArrayList<>();
        for (int seed = 1; seed <= 2 * SEEDS; seed++) {
            SharedPath path = new SharedPath(seed, link(2_000_000, 0));
            SharedPath.Flow flow = path.flow(kind);
            for (int i = 0; i < 50; i++) {
                flow.chat(200);
                path.clock.advanceBy(20 * MILLI);
            }
            flow.bulk(clipBytes);
            int before = flow.chatNanos.size();
            for (int i = 0; i < 225; i++) {
                // Not in step with anything else.
                path.clock.advanceBy(20 * MILLI + (i * 7 + seed * 13) % 10 * MILLI / 10);
                flow.chat(200);
            }
            path.clock.advanceBy(5 * SECOND);
            assertThat(flow.received).isEqualTo(clipBytes);
            latencies.addAll(flow.chatNanos.subList(before, before + 225));
        }
        Collections.sort(latencies);
        double p99 = latencies.get(latencies.size() * 99 / 100) / 1e6;
        System.out.printf(
                "rudp chat 50/s x 200 B on 2 Mbit/s beside a clip of %d KiB, %-5s: p50 %.1f  p99 %.1f  max %.1f ms%n",
                clipBytes >> 10,
                kind,
                latencies.get(latencies.size() / 2) / 1e6,
                p99,
                latencies.get(latencies.size() - 1) / 1e6);
        return p99;
    }

    @Test
    void holdsUpChatBesideAClipByLessThanATenthOfASecond() {
        double alone = chat(CongestionControl.BBR, 0);
        assertThat(chat(CongestionControl.BBR, 1 << 20) - alone).isLessThan(100);
        chat(CongestionControl.CUBIC, 1 << 20);
    }
}
