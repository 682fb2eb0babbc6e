// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A bad network between real sockets: datagrams sent to {@link #address()} go on to the target, and its answers go
 * back, through the same link model as in a {@link SimulatedNetwork}, in real time.
 *
 * <pre>
 *   client A ---+                    +--- socket for A ---+
 *               +--- address() ------+                    +---> target
 *   client B ---+    up: one link    +--- socket for B ---+
 *                    down: one link
 * </pre>
 *
 * <p>Each client address gets a socket of its own before the target, so the target tells clients apart. All clients
 * share one link up and one link down, as people share an access line: rate, queue and bursts are theirs together.
 * IPv4 and IPv6; the two sides may differ.
 *
 * <p>Threads: one daemon thread of its own; every method may be called from any thread and returns at once, but
 * {@link #close()}, which waits for that thread. Losses follow from the seed and the order of arrival; the real clock
 * makes no two runs quite the same.
 *
 * <p>Precision: on a quiet machine datagrams leave within some 0.1 ms of their time; {@link RelayCounters} says how
 * late they were. Bounds: clients, bytes on their way, idle time, each with a default in {@link Builder}; what is
 * beyond is dropped and counted.
 */
public final class UdpRelay implements AutoCloseable {

    private final Object lock = new Object();
    private final InetSocketAddress address;
    private final RelayFlows flows;
    private final RelayQueue queue;
    private final RelayWay up;
    private final RelayWay down;
    private final RelayLoop loop;
    private final Thread thread;

    private UdpRelay(Builder builder, Selector selector, DatagramChannel listening) throws IOException {
        FaultPlan plan = builder.plan;
        long start = System.nanoTime();
        address = (InetSocketAddress) listening.getLocalAddress();
        flows = new RelayFlows(selector, builder.target, builder.maxFlows, builder.flowIdleMillis * Units.MILLI_NANOS);
        queue = new RelayQueue(builder.maxBytesOnTheirWay);
        up = new RelayWay(new Link(plan.up(), builder.seed, "up", start));
        down = new RelayWay(new Link(plan.down(), builder.seed, "down", start));
        for (Cut cut : plan.cuts()) {
            cutBetween(cut.direction(), start + cut.startNanos(), start + cut.endNanos());
        }
        List<Long> changes = new ArrayList<>();
        plan.addressChanges().forEach(change -> changes.add(start + change.atNanos()));
        loop = new RelayLoop(lock, selector, listening, flows, queue, up, down, changes);
        thread = new Thread(loop, "udp-relay-" + address.getPort());
        thread.setDaemon(true);
    }

    /**
     * A builder of a relay to this target.
     *
     * @param target where datagrams go; resolved, with a port
     */
    public static Builder to(InetSocketAddress target) {
        return new Builder(target);
    }

    /** Cuts one direction or both, from now on for so long; what is on its way already arrives. */
    public void cut(Direction direction, long durationMillis) {
        if (durationMillis < 0) {
            throw new IllegalArgumentException("durationMillis must not be negative: " + durationMillis);
        }
        synchronized (lock) {
            long now = System.nanoTime();
            cutBetween(direction, now, now + durationMillis * Units.MILLI_NANOS);
        }
    }

    /** Gives one direction or both another profile, from now on. */
    public void profile(Direction direction, LinkProfile profile) {
        Objects.requireNonNull(profile, "profile");
        synchronized (lock) {
            long now = System.nanoTime();
            if (direction.covers(Direction.UP)) {
                up.link().profile(profile, now);
            }
            if (direction.covers(Direction.DOWN)) {
                down.link().profile(profile, now);
            }
        }
    }

    /**
     * Gives every client another port before the target, as a NAT does that has forgotten its mappings. Answers to the
     * old ports are lost.
     *
     * @throws IOException if a new socket cannot be opened; the clients not reached yet keep theirs
     */
    public void changeAddresses() throws IOException {
        synchronized (lock) {
            if (isRunning()) {
                flows.changeAddresses();
            }
        }
        loop.wakeup();
    }

    /** Stops at once and closes every socket; what is on its way is gone. Closing twice is closing once. */
    @Override
    public void close() {
        loop.stop();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException laterPlease) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where clients send to. */
    public InetSocketAddress address() {
        return address;
    }

    /** Whether the relay works: from its start until it is closed. */
    public boolean isRunning() {
        return thread.isAlive();
    }

    /** What the relay has done so far; also after it was closed. */
    public RelayCounters counters() {
        synchronized (lock) {
            return new RelayCounters(
                    up.link().counters(),
                    down.link().counters(),
                    up.lateness(),
                    down.lateness(),
                    flows.count(),
                    flows.total(),
                    flows.refused(),
                    flows.addressChanges(),
                    queue.overflowDrops(),
                    loop.unroutedDatagrams(),
                    loop.socketErrors());
        }
    }

    private void cutBetween(Direction direction, long startNanos, long endNanos) {
        if (direction.covers(Direction.UP)) {
            up.link().cut(startNanos, endNanos);
        }
        if (direction.covers(Direction.DOWN)) {
            down.link().cut(startNanos, endNanos);
        }
    }

    /** Collects the settings of a {@link UdpRelay}. Confined to one thread; may be used again. */
    public static final class Builder {
        private final InetSocketAddress target;
        private InetSocketAddress bindAddress;
        private FaultPlan plan = FaultPlan.steady(LinkProfiles.PERFECT);
        private long seed = 1;
        private int maxFlows = DEFAULT_MAX_FLOWS;
        private long flowIdleMillis = DEFAULT_FLOW_IDLE_MILLIS;
        private long maxBytesOnTheirWay = DEFAULT_MAX_BYTES;

        private Builder(InetSocketAddress target) {
            if (target.isUnresolved() || target.getPort() == 0) {
                throw new IllegalArgumentException("the target must be resolved and have a port: " + target);
            }
            this.target = target;
            this.bindAddress = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        }

        /** Where to listen; loopback by default. Port 0 is any free port. */
        public Builder bind(InetSocketAddress address) {
            bindAddress = Objects.requireNonNull(address, "address");
            return this;
        }

        /** The same profile both ways. */
        public Builder profile(LinkProfile both) {
            return profiles(both, both);
        }

        /** A profile each way. */
        public Builder profiles(LinkProfile up, LinkProfile down) {
            plan = new FaultPlan(plan.seed(), up, down, plan.cuts(), plan.addressChanges());
            return this;
        }

        /** Total outages, counted from the start of the relay. */
        public Builder cuts(Cut... cuts) {
            plan = plan.withCuts(cuts);
            return this;
        }

        /** Changes of every client's port before the target, counted from the start of the relay. */
        public Builder addressChanges(AddressChange... changes) {
            plan = plan.withAddressChanges(changes);
            return this;
        }

        /** Profiles, cuts and address changes, all from a plan, in place of those set before. */
        public Builder plan(FaultPlan newPlan) {
            plan = Objects.requireNonNull(newPlan, "newPlan");
            return this;
        }

        /** What decides all that is random; 1 by default. */
        public Builder seed(long newSeed) {
            seed = newSeed;
            return this;
        }

        /** How many clients at most, 1 to 60,000, each with a socket; 1,024 by default. */
        public Builder maxFlows(int flows) {
            maxFlows = flows;
            return this;
        }

        /** After how long without a datagram a client is forgotten, 1 ms to 1 day; 5 minutes by default. */
        public Builder flowIdleMillis(long millis) {
            flowIdleMillis = millis;
            return this;
        }

        /** How many bytes may be on their way, 64 KiB to 1 GiB, a datagram counting 64 B extra; 64 MiB by default. */
        public Builder maxBytesOnTheirWay(long bytes) {
            maxBytesOnTheirWay = bytes;
            return this;
        }

        /**
         * Starts a relay.
         *
         * @throws IOException if the address cannot be bound
         * @throws IllegalArgumentException naming every setting out of range
         */
        public UdpRelay start() throws IOException {
            new Mistakes("relay")
                    .require(!bindAddress.isUnresolved(), "not resolved: " + bindAddress)
                    .range("maxFlows", maxFlows, 1, 60_000)
                    .range("flowIdleMillis", flowIdleMillis, 1, Units.DAY_NANOS / Units.MILLI_NANOS)
                    .range("maxBytesOnTheirWay", maxBytesOnTheirWay, 64 * 1024, 1 << 30)
                    .throwIfAny();
            Selector selector = Selector.open();
            DatagramChannel listening = null;
            try {
                listening = RelayFlows.open(bindAddress);
                listening.bind(bindAddress);
                listening.register(selector, SelectionKey.OP_READ);
                UdpRelay relay = new UdpRelay(this, selector, listening);
                relay.thread.start();
                return relay;
            } catch (IOException | RuntimeException failure) {
                if (listening != null) {
                    listening.close();
                }
                selector.close();
                throw failure;
            }
        }

        private static final int DEFAULT_MAX_FLOWS = 1024;
        private static final long DEFAULT_FLOW_IDLE_MILLIS = 300_000;
        private static final long DEFAULT_MAX_BYTES = 64L * 1024 * 1024;
    }
}
