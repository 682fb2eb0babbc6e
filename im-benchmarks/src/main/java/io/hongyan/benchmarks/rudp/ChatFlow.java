// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.measure.Latencies;
import io.hongyan.benchmarks.peer.Message;
import io.hongyan.benchmarks.peer.PeerLink;
import io.hongyan.benchmarks.road.Road;
import io.hongyan.benchmarks.road.Traffic;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One sender and its messages on their way to one server. Sent by the thread of the run, which also reads the results once
 * all has arrived or is given up; arrivals come on one thread of the peer.
 */
final class ChatFlow {

    private final int index;
    private final PeerLink link;
    private final Road road;
    private final long[] latencies;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger doubled = new AtomicInteger();
    private final AtomicInteger overtaken = new AtomicInteger();
    private int next;
    private Traffic before = Traffic.NONE;

    ChatFlow(int index, PeerLink link, Road road, int messages) {
        this.index = index;
        this.link = link;
        this.road = road;
        latencies = new long[messages];
        Arrays.fill(latencies, Latencies.NEVER);
    }

    /** From now on the road is bad, and what it carries counts. */
    void begin(ChatCase bad) {
        before = road.traffic();
        road.profile(bad.impairment().profile());
    }

    void send(int number) {
        link.send(Message.of(index, number, System.nanoTime()));
    }

    void arrived(int number, long latencyNanos) {
        if (latencies[number] != Latencies.NEVER) {
            doubled.incrementAndGet();
            return;
        }
        latencies[number] = latencyNanos;
        if (number < next) {
            overtaken.incrementAndGet();
        }
        next = Math.max(next, number + 1);
        arrived.incrementAndGet();
    }

    boolean isComplete() {
        return arrived.get() == latencies.length;
    }

    /** What happened. */
    ChatTally end() {
        // Reading the counter first makes what was written before it seen here.
        int complete = arrived.get();
        Traffic traffic = road.traffic().since(before);
        return new ChatTally(
                Latencies.of(latencies), traffic, road.lateness(), doubled.get(), complete == 0 ? 0 : overtaken.get());
    }

    /** Takes the road away. */
    void close() {
        road.close();
    }
}
