// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.measure.SendTimes;
import io.hongyan.benchmarks.peer.Load;
import io.hongyan.benchmarks.peer.Message;
import io.hongyan.benchmarks.peer.Peer;
import io.hongyan.benchmarks.road.Road;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * One chat load at the same time over every row, with several seeds each. The flows of a seed have the same send times and,
 * each across a relay of its own, the same outages.
 *
 * <p>Roads are good while the flows connect, and turn bad together. Nothing else warms a flow up: its first message is
 * measured.
 */
final class ChatRun {

    /** Mean time between the messages of a flow. */
    static final long GAP_NANOS = 20_000_000;

    private static final long AFTER_CONNECT_NANOS = 300_000_000;
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final long LAST_ACKS_NANOS = 500_000_000;
    private static final long TURN_NANOS = 5_000_000;

    private final List<Row> rows;
    private final int messages;

    private record Sending(ChatFlow flow, int number, long dueNanos) {}

    ChatRun(List<Row> rows, int messages) {
        this.rows = rows;
        this.messages = messages;
    }

    /**
     * Runs one case.
     *
     * @return what each row did, in the order of rows
     * @throws IOException if a row cannot start or connect
     */
    Map<Row, ChatTally> run(ChatCase bad, List<Long> seeds) throws IOException, InterruptedException {
        List<Peer> peers = new ArrayList<>();
        Map<Row, List<ChatFlow>> flows = new LinkedHashMap<>();
        ExecutorService connecting = Executors.newFixedThreadPool(rows.size());
        try {
            for (Row row : rows) {
                List<ChatFlow> own = new ArrayList<>();
                flows.put(row, own);
                peers.add(row.starter().start(Load.CHAT, message -> arrived(own, message)));
            }
            List<Callable<Integer>> connects = new ArrayList<>();
            for (Row row : rows) {
                Peer peer = peers.get(connects.size());
                connects.add(() -> connect(row, peer, bad, seeds, Objects.requireNonNull(flows.get(row))));
            }
            for (Future<Integer> connected : connecting.invokeAll(connects)) {
                connected.get();
            }
            send(bad, flows, seeds);
            Map<Row, ChatTally> tallies = new LinkedHashMap<>();
            flows.forEach((row, own) -> tallies.put(
                    row, ChatTally.pooled(own.stream().map(ChatFlow::end).toList())));
            return tallies;
        } catch (ExecutionException failed) {
            throw new IOException(String.valueOf(failed.getCause()), failed);
        } finally {
            connecting.shutdown();
            flows.values().forEach(own -> own.forEach(ChatFlow::close));
            peers.forEach(Peer::close);
        }
    }

    /** Connects all flows of a row; how many they are. */
    private int connect(Row row, Peer peer, ChatCase bad, List<Long> seeds, List<ChatFlow> flows) throws IOException {
        for (long seed : seeds) {
            flows.add(connect(row, peer, flows.size(), seed, bad));
        }
        return flows.size();
    }

    private ChatFlow connect(Row row, Peer peer, int index, long seed, ChatCase bad) throws IOException {
        Road road = peer.newRoad(seed);
        try {
            road.profile(bad.impairment().withoutLoss().profile());
            return new ChatFlow(index, peer.connect(road), road, messages);
        } catch (IOException failure) {
            road.close();
            throw new IOException(row.name() + " does not connect: " + failure.getMessage(), failure);
        }
    }

    private static void arrived(List<ChatFlow> flows, ByteBuffer message) {
        long now = System.nanoTime();
        flows.get(Message.flow(message)).arrived(Message.number(message), now - Message.sentNanos(message));
    }

    private void send(ChatCase bad, Map<Row, List<ChatFlow>> flows, List<Long> seeds) {
        List<Sending> sendings = new ArrayList<>();
        long phase = 0;
        for (List<ChatFlow> own : flows.values()) {
            for (int i = 0; i < own.size(); i++) {
                long[] times = SendTimes.of(seeds.get(i), messages, GAP_NANOS);
                for (int number = 0; number < messages; number++) {
                    sendings.add(new Sending(own.get(i), number, times[number] + phase));
                }
                phase += GAP_NANOS / (rows.size() * seeds.size());
            }
        }
        sendings.sort(Comparator.comparingLong(Sending::dueNanos));
        long start = System.nanoTime() + AFTER_CONNECT_NANOS;
        awaitTime(start);
        flows.values().forEach(own -> own.forEach(flow -> flow.begin(bad)));
        for (Sending sending : sendings) {
            awaitTime(start + sending.dueNanos());
            sending.flow().send(sending.number());
        }
        long last = System.nanoTime();
        while (System.nanoTime() - last < PATIENCE_NANOS
                && !flows.values().stream().allMatch(own -> own.stream().allMatch(ChatFlow::isComplete))) {
            LockSupport.parkNanos(TURN_NANOS);
        }
        awaitTime(System.nanoTime() + LAST_ACKS_NANOS);
    }

    private static void awaitTime(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
