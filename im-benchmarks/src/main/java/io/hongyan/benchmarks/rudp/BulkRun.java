// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.measure.Impairment;
import io.hongyan.benchmarks.peer.Load;
import io.hongyan.benchmarks.peer.Peer;
import io.hongyan.benchmarks.peer.PeerLink;
import io.hongyan.benchmarks.road.Road;
import io.hongyan.benchmarks.road.Traffic;
import io.hongyan.simnet.LinkProfile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** One large transfer over each of a few rows at the same time, each through a bottleneck of its own. */
final class BulkRun {

    /** The bottleneck, headers included. */
    static final long RATE_BITS = 20_000_000;

    private static final int QUEUE_BYTES = 128 << 10;
    private static final double DELAY_MILLIS = 25;
    private static final long TURN_NANOS = 5_000_000;
    private static final long AFTER_CONNECT_NANOS = 300_000_000;

    private final long bytes;
    private final long mostNanos;

    private record Flow(Row row, Peer peer, BulkArrivals arrivals, Road road, PeerLink link) {}

    /**
     * A run.
     *
     * @param bytes to transfer
     * @param mostSeconds after which a slow transport is judged by what it has transferred
     */
    BulkRun(long bytes, int mostSeconds) {
        this.bytes = bytes;
        this.mostNanos = mostSeconds * 1_000_000_000L;
    }

    /** What each of these rows does at this loss. */
    Map<Row, BulkTally> run(List<Row> rows, double loss, long seed) throws IOException {
        List<Flow> flows = new ArrayList<>();
        try {
            for (Row row : rows) {
                flows.add(connect(row, seed));
            }
            awaitTime(System.nanoTime() + AFTER_CONNECT_NANOS);
            LinkProfile bad = Impairment.loss(DELAY_MILLIS, loss).profile().toBuilder()
                    .rate(RATE_BITS, QUEUE_BYTES)
                    .build();
            return transfer(flows, bad);
        } finally {
            flows.forEach(flow -> {
                flow.road().close();
                flow.peer().close();
            });
        }
    }

    private static Flow connect(Row row, long seed) throws IOException {
        BulkArrivals arrivals = new BulkArrivals();
        Peer peer = row.starter().start(Load.BULK, arrivals);
        Road road = null;
        try {
            road = peer.newRoad(seed);
            road.profile(Impairment.loss(DELAY_MILLIS, 0).profile());
            return new Flow(row, peer, arrivals, road, peer.connect(road));
        } catch (IOException failure) {
            if (road != null) {
                road.close();
            }
            peer.close();
            throw new IOException(row.name() + " does not connect: " + failure.getMessage(), failure);
        }
    }

    private Map<Row, BulkTally> transfer(List<Flow> flows, LinkProfile bad) {
        Map<Row, Traffic> before = new LinkedHashMap<>();
        for (Flow flow : flows) {
            before.put(flow.row(), flow.road().traffic());
            flow.road().profile(bad);
        }
        long start = System.nanoTime();
        flows.forEach(flow -> flow.link().transfer(bytes));
        Map<Row, BulkTally> tallies = new LinkedHashMap<>();
        flows.forEach(flow -> tallies.put(flow.row(), tally(flow, before, start)));
        while (System.nanoTime() - start < mostNanos
                && !tallies.values().stream().allMatch(BulkTally::isWhole)) {
            awaitTime(System.nanoTime() + TURN_NANOS);
            for (Flow flow : flows) {
                tallies.computeIfPresent(
                        flow.row(), (row, tally) -> tally.isWhole() ? tally : tally(flow, before, start));
            }
        }
        return tallies;
    }

    /** How far a transfer is. */
    private BulkTally tally(Flow flow, Map<Row, Traffic> before, long start) {
        long arrived = flow.arrivals().bytes();
        return new BulkTally(
                arrived,
                arrived == 0 ? 0 : flow.arrivals().lastNanos() - start,
                arrived >= bytes,
                flow.road().traffic().since(Objects.requireNonNull(before.get(flow.row()))),
                flow.road().lateness());
    }

    private static void awaitTime(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
