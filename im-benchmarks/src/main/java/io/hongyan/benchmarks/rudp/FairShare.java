// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.measure.Impairment;
import io.hongyan.benchmarks.peer.HongyanPeer;
import io.hongyan.benchmarks.peer.Load;
import io.hongyan.benchmarks.peer.PeerLink;
import io.hongyan.benchmarks.peer.TcpPeer;
import io.hongyan.benchmarks.road.Road;
import io.hongyan.benchmarks.road.TunNetwork;
import io.hongyan.protocol.rudp.CongestionControl;
import io.hongyan.protocol.rudp.RudpConfig;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * One bulk transfer of ours and one of the kernel's TCP (CUBIC) through the same bottleneck of 20 Mbit/s, RTT 50 ms: how
 * they share it. Needs Linux and root, or {@code unshare -r} in front of {@code java}.
 *
 * <pre>
 *   java -cp benchmarks.jar io.hongyan.benchmarks.rudp.FairShare [SECONDS [ROUNDS]]
 * </pre>
 */
public final class FairShare {
    private static final double DELAY_MILLIS = 25;
    private static final long MORE_THAN_FITS = 1L << 40;
    private static final long NANOS = 1_000_000_000L;
    private static final int[] QUEUES_KIB = {64, 128, 256};

    /** What each of the two got, in bit/s, behind the first third of the time. */
    record Shares(double ours, double tcp) {
        /** Jain's index: 1 when they are equal, 0.5 when one has everything. */
        double index() {
            return (ours + tcp) * (ours + tcp) / (2 * (ours * ours + tcp * tcp));
        }
    }

    private FairShare() {}

    public static void main(String[] arguments) throws IOException {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 15;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        System.out.printf("20 Mbit/s, RTT 50 ms, one flow each, %d s, medians of %d%n", seconds, rounds);
        System.out.println("control queue_kib ours_mbits tcp_cubic_mbits jain");
        try (TunNetwork network = TunNetwork.open()) {
            for (CongestionControl control : CongestionControl.values()) {
                for (int queue : QUEUES_KIB) {
                    Shares[] shares = new Shares[rounds];
                    for (int round = 0; round < rounds; round++) {
                        shares[round] = share(network, control, queue << 10, seconds * NANOS, round + 1);
                    }
                    Arrays.sort(shares, (one, other) -> Double.compare(one.index(), other.index()));
                    Shares median = shares[rounds / 2];
                    System.out.printf(
                            Locale.ROOT,
                            "%s %d %.1f %.1f %.2f%n",
                            control,
                            queue,
                            median.ours() / 1e6,
                            median.tcp() / 1e6,
                            median.index());
                }
            }
        }
        System.out.flush();
        System.exit(0);
    }

    /** Both at once for so long; the first of three parts of the time is not counted. */
    static Shares share(TunNetwork network, CongestionControl control, int queueBytes, long nanos, long seed)
            throws IOException {
        RudpConfig config = RudpConfig.builder().congestionControl(control).build();
        BulkArrivals tcpArrivals = new BulkArrivals();
        BulkArrivals arrivals = new BulkArrivals();
        TcpPeer tcp = new TcpPeer(network, "cubic", Load.BULK, tcpArrivals);
        try (Road road = tcp.newRoad(seed)) {
            // The server of ours has the same port: both are behind the same relay.
            HongyanPeer ours = network.inside(
                    () -> HongyanPeer.start(config, ((TunNetwork.TunRoad) road).serverAddress(), arrivals));
            try {
                PeerLink link = network.inside(() -> ours.connect(road));
                PeerLink tcpLink = tcp.connect(road);
                road.profile(Impairment.loss(DELAY_MILLIS, 0).profile().toBuilder()
                        .rate(BulkRun.RATE_BITS, queueBytes)
                        .build());
                long start = System.nanoTime();
                link.transfer(MORE_THAN_FITS);
                tcpLink.transfer(MORE_THAN_FITS);
                awaitTime(start + nanos / 3);
                long from = System.nanoTime();
                long before = arrivals.bytes();
                long tcpBefore = tcpArrivals.bytes();
                awaitTime(start + nanos);
                double seconds = (System.nanoTime() - from) / 1e9;
                return new Shares(
                        8 * (arrivals.bytes() - before) / seconds, 8 * (tcpArrivals.bytes() - tcpBefore) / seconds);
            } finally {
                ours.close();
            }
        } finally {
            tcp.close();
        }
    }

    private static void awaitTime(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
