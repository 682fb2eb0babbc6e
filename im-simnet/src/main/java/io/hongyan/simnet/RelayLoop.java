// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a {@link UdpRelay}: reads, offers each datagram to its link, and lets it go when its time has come.
 * Waiting happens outside the lock, everything else inside.
 *
 * <p>A selector waits in whole milliseconds, which is too coarse; so the last stretch before a release is slept in
 * short parks between which the sockets are polled.
 */
final class RelayLoop implements Runnable {

    private final Object lock;
    private final Selector selector;
    private final DatagramChannel listening;
    private final RelayFlows flows;
    private final RelayQueue queue;
    private final RelayWay up;
    private final RelayWay down;
    private final ArrayDeque<Long> addressChangeTimes;
    private final List<@Nullable RelayFlow> readable = new ArrayList<>();
    private final Consumer<SelectionKey> noteReadable = key -> readable.add((RelayFlow) key.attachment());
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);
    private final ByteBuffer outgoing = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);

    private long nextSweepNanos;
    private long unroutedDatagrams;
    private long socketErrors;
    private volatile boolean stopped;

    /**
     * A loop over sockets that are open.
     *
     * @param addressChangeTimes when every client's address changes, in order, on {@link System#nanoTime()}
     */
    RelayLoop(
            Object lock,
            Selector selector,
            DatagramChannel listening,
            RelayFlows flows,
            RelayQueue queue,
            RelayWay up,
            RelayWay down,
            List<Long> addressChangeTimes) {
        this.lock = lock;
        this.selector = selector;
        this.listening = listening;
        this.flows = flows;
        this.queue = queue;
        this.up = up;
        this.down = down;
        this.addressChangeTimes = new ArrayDeque<>(addressChangeTimes);
        this.nextSweepNanos = System.nanoTime() + SWEEP_NANOS;
    }

    @Override
    public void run() {
        try {
            long waitNanos = 0;
            while (!stopped) {
                await(waitNanos);
                synchronized (lock) {
                    if (!stopped) {
                        waitNanos = turn();
                    }
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            closeSockets();
        }
    }

    void stop() {
        stopped = true;
        selector.wakeup();
    }

    /** Makes the loop look at its work anew. */
    void wakeup() {
        selector.wakeup();
    }

    long unroutedDatagrams() {
        return unroutedDatagrams;
    }

    long socketErrors() {
        return socketErrors;
    }

    /** Waits until a socket can be read or the time is nearly over, whichever comes first. */
    private void await(long waitNanos) throws IOException {
        readable.clear();
        long millis = (waitNanos - PARK_OVERSHOOT_NANOS) / Units.MILLI_NANOS;
        if (millis > 0) {
            selector.select(noteReadable, millis);
        } else if (selector.selectNow(noteReadable) == 0 && waitNanos > 0) {
            LockSupport.parkNanos(Math.min(waitNanos, LONGEST_PARK_NANOS));
        }
    }

    /** Does what is to be done; how long the next wait may be. */
    private long turn() throws IOException {
        for (RelayFlow flow : readable) {
            if (flow == null) {
                readClients();
            } else {
                readTarget(flow);
            }
        }
        release();
        long now = System.nanoTime();
        if (now - nextSweepNanos >= 0) {
            flows.forgetIdle(now);
            nextSweepNanos = now + SWEEP_NANOS;
        }
        long untilChange = LONGEST_WAIT_NANOS;
        Long change = addressChangeTimes.peek();
        if (change != null) {
            untilChange = Math.max(0, change - now);
            if (untilChange == 0) {
                addressChangeTimes.remove();
                changeAddresses();
            }
        }
        long untilSweep = flows.count() == 0 ? LONGEST_WAIT_NANOS : Math.max(0, nextSweepNanos - now);
        return queue.nanosUntilDue(now, Math.min(untilChange, untilSweep));
    }

    private void changeAddresses() {
        try {
            flows.changeAddresses();
        } catch (IOException noSocket) {
            socketErrors++;
        }
    }

    private void readClients() {
        for (int left = MAX_BATCH; left > 0; left--) {
            incoming.clear();
            SocketAddress client;
            try {
                client = listening.receive(incoming);
            } catch (IOException reportedByKernel) {
                socketErrors++;
                continue;
            }
            if (client == null) {
                return;
            }
            RelayFlow flow = flows.of(client);
            if (flow != null) {
                admit(flow, true);
            }
        }
    }

    private void readTarget(RelayFlow flow) {
        for (int left = MAX_BATCH; left > 0 && flow.isOpen(); left--) {
            incoming.clear();
            SocketAddress sender;
            try {
                sender = flow.upstream().receive(incoming);
            } catch (IOException reportedByKernel) {
                socketErrors++;
                continue;
            }
            if (sender == null) {
                return;
            }
            if (sender.equals(flows.target())) {
                admit(flow, false);
            }
        }
    }

    private void admit(RelayFlow flow, boolean goesUp) {
        long now = System.nanoTime();
        flow.used(now);
        incoming.flip();
        Link link = (goesUp ? up : down).link();
        int copies = link.offer(now, incoming.remaining());
        for (int copy = 0; copy < copies; copy++) {
            queue.add(flow, goesUp, incoming, link.flippedBit(copy), link.releaseNanos(copy));
        }
    }

    private void release() {
        long now = System.nanoTime();
        for (RelayDatagram datagram = queue.pollDue(now); datagram != null; datagram = queue.pollDue(now)) {
            send(datagram);
            queue.recycle(datagram);
            now = System.nanoTime();
        }
    }

    private void send(RelayDatagram datagram) {
        RelayFlow flow = datagram.flow();
        if (!flow.isOpen()) {
            unroutedDatagrams++;
            return;
        }
        datagram.drainTo(outgoing);
        try {
            DatagramChannel channel = datagram.goesUp() ? flow.upstream() : listening;
            channel.send(outgoing, datagram.goesUp() ? flows.target() : flow.client());
            if (outgoing.hasRemaining()) {
                socketErrors++;
                return;
            }
        } catch (IOException reportedByKernel) {
            socketErrors++;
            return;
        }
        RelayWay way = datagram.goesUp() ? up : down;
        way.leftLate(datagram.length(), System.nanoTime() - datagram.dueNanos());
    }

    private void closeSockets() {
        synchronized (lock) {
            stopped = true;
            try (selector;
                    listening) {
                flows.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private static final int MAX_DATAGRAM_BYTES = 65_536;
    private static final int MAX_BATCH = 64;
    private static final long SWEEP_NANOS = 100 * Units.MILLI_NANOS;
    private static final long LONGEST_WAIT_NANOS = 60 * Units.SECOND_NANOS;
    private static final long PARK_OVERSHOOT_NANOS = 100_000;
    private static final long LONGEST_PARK_NANOS = 100_000;
}
