// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A network of datagrams in memory, on a {@link VirtualClock}: what is sent arrives, or does not, as the
 * {@link LinkProfile} between the two nodes says. The same seed and the same calls yield the same course, bit for bit;
 * {@link #traceHash()} proves it.
 *
 * <p>Every ordered pair of nodes has a link of its own, made when first used, with the default profile unless
 * {@link #link} has given another. Its random streams follow from the seed and the two names alone, not from the order
 * in which links were made.
 *
 * <p>Thread: confined to the thread that runs the clock; receivers are called on it, from the clock's tasks, never from
 * within a send.
 *
 * <p>Bounds: at most 65,507 bytes a datagram, and 64 MiB on their way at a time; more is an
 * {@link IllegalStateException}, since a test that needs it has run away.
 */
public final class SimulatedNetwork {

    private final VirtualClock clock;
    private final long seed;
    private final long startNanos;
    private final LinkProfile defaultProfile;
    private final Map<SimAddress, SimNode> nodesByAddress = new HashMap<>();
    private final Map<String, SimNode> nodesByName = new HashMap<>();
    private final Map<Route, Link> links = new LinkedHashMap<>();
    private final List<DatagramObserver> observers = new ArrayList<>();

    private long unroutedDatagrams;
    private long datagramsInFlight;
    private long bytesInFlight;
    private long traceHash = FNV_OFFSET;

    /** A network whose links are {@linkplain LinkProfiles#PERFECT perfect} unless told otherwise. */
    public SimulatedNetwork(VirtualClock clock, long seed) {
        this(clock, seed, LinkProfiles.PERFECT);
    }

    /**
     * A network.
     *
     * @param seed decides everything that is random here
     * @param defaultProfile of every link that {@link #link} has not given another, in each direction
     */
    public SimulatedNetwork(VirtualClock clock, long seed, LinkProfile defaultProfile) {
        this.clock = Objects.requireNonNull(clock, "clock");
        this.seed = seed;
        this.startNanos = clock.nowNanos();
        this.defaultProfile = Objects.requireNonNull(defaultProfile, "defaultProfile");
    }

    /**
     * Puts a node on the network.
     *
     * @param name unique on this network, also after the node was detached; the random streams of its links hang on it
     * @throws IllegalArgumentException if the name or the address is taken
     */
    public SimNode attach(String name, SimAddress address, DatagramReceiver receiver) {
        SimNode node = new SimNode(this, name, address, Objects.requireNonNull(receiver, "receiver"));
        if (nodesByName.containsKey(name)) {
            throw new IllegalArgumentException("there is a node of this name already: " + name);
        }
        requireFree(address);
        nodesByName.put(name, node);
        nodesByAddress.put(address, node);
        return node;
    }

    /** Gives the link from one node to another a profile, from now on; the other direction keeps its own. */
    public void link(SimNode from, SimNode to, LinkProfile profile) {
        linkBetween(from, to).profile(profile, clock.nowNanos());
    }

    /** Gives both directions between two nodes a profile each, from now on. */
    public void link(SimNode client, SimNode server, LinkProfile up, LinkProfile down) {
        link(client, server, up);
        link(server, client, down);
    }

    /**
     * Cuts the link from one node to another, one way: everything sent during the cut is gone, what is on its way
     * already arrives.
     *
     * @param startNanos when it begins, on the clock; a time that has passed is now
     * @param durationNanos how long it lasts, from 0 up
     */
    public void cut(SimNode from, SimNode to, long startNanos, long durationNanos) {
        if (durationNanos < 0) {
            throw new IllegalArgumentException("durationNanos must not be negative: " + durationNanos);
        }
        linkBetween(from, to).cut(startNanos, startNanos + durationNanos);
    }

    /** {@linkplain #cut Cuts} the link between two nodes, both ways. */
    public void cutBoth(SimNode first, SimNode second, long startNanos, long durationNanos) {
        cut(first, second, startNanos, durationNanos);
        cut(second, first, startNanos, durationNanos);
    }

    /**
     * Puts a forged datagram before the node that has the address, now: no link, no loss, and any sender's address.
     * The bytes are copied.
     */
    public void inject(SimAddress from, SimAddress to, byte[] datagram) {
        requireFits(datagram.length);
        carry(null, from, to, datagram.clone(), clock.nowNanos());
    }

    /** Adds an observer of everything that nodes send. */
    public void observe(DatagramObserver observer) {
        observers.add(Objects.requireNonNull(observer, "observer"));
    }

    /** The clock this network runs on. */
    public VirtualClock clock() {
        return clock;
    }

    /** The seed this network was made with. */
    public long seed() {
        return seed;
    }

    /** What the link from one node to another has done. */
    public LinkCounters counters(SimNode from, SimNode to) {
        Link link = links.get(new Route(from.name(), to.name()));
        return link == null ? LinkCounters.ZERO : link.counters();
    }

    /** What all links have done. */
    public LinkCounters totals() {
        LinkCounters totals = LinkCounters.ZERO;
        for (Link link : links.values()) {
            totals = totals.plus(link.counters());
        }
        return totals;
    }

    /** How many datagrams were sent to, or arrived at, an address that no node had, or that a NAT had forgotten. */
    public long unroutedDatagrams() {
        return unroutedDatagrams;
    }

    /** How many datagrams are on their way. */
    public long datagramsInFlight() {
        return datagramsInFlight;
    }

    /** A hash over everything received so far: times, addresses and bytes, in order. */
    public long traceHash() {
        return traceHash;
    }

    void send(SimNode from, SimAddress to, ByteBuffer datagram) {
        requireFits(datagram.remaining());
        if (!from.isAttached()) {
            datagram.position(datagram.limit());
            return;
        }
        from.renewMapping(clock.nowNanos());
        for (DatagramObserver observer : observers) {
            observer.onSend(clock.nowNanos(), from.address(), to, datagram.asReadOnlyBuffer());
        }
        SimNode target = nodesByAddress.get(to);
        if (target == null) {
            unroutedDatagrams++;
            datagram.position(datagram.limit());
            return;
        }
        Link link = linkBetween(from, target);
        int copies = link.offer(clock.nowNanos(), datagram.remaining());
        for (int copy = 0; copy < copies; copy++) {
            byte[] bytes = new byte[datagram.remaining()];
            datagram.get(datagram.position(), bytes);
            int bit = link.flippedBit(copy);
            if (bit != Link.NO_BIT) {
                bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            }
            carry(link, from.address(), to, bytes, link.releaseNanos(copy));
        }
        datagram.position(datagram.limit());
    }

    void changeAddress(SimNode node, SimAddress newAddress) {
        if (!node.isAttached()) {
            throw new IllegalStateException("detached: " + node);
        }
        if (!newAddress.equals(node.address())) {
            requireFree(newAddress);
            nodesByAddress.remove(node.address());
            nodesByAddress.put(newAddress, node);
        }
    }

    void detach(SimNode node) {
        if (node.isAttached()) {
            nodesByAddress.remove(node.address());
        }
    }

    private void carry(@Nullable Link link, SimAddress from, SimAddress to, byte[] bytes, long arrivalNanos) {
        if (bytesInFlight + bytes.length > MAX_BYTES_IN_FLIGHT) {
            throw new IllegalStateException("more than " + MAX_BYTES_IN_FLIGHT + " bytes are on their way, in "
                    + datagramsInFlight + " datagrams");
        }
        datagramsInFlight++;
        bytesInFlight += bytes.length;
        clock.schedule(arrivalNanos, () -> arrive(link, from, to, bytes));
    }

    private void arrive(@Nullable Link link, SimAddress from, SimAddress to, byte[] bytes) {
        datagramsInFlight--;
        bytesInFlight -= bytes.length;
        SimNode target = nodesByAddress.get(to);
        if (target == null || !target.isMapped(clock.nowNanos())) {
            unroutedDatagrams++;
            return;
        }
        if (link != null) {
            link.forwarded(bytes.length);
        }
        trace(from, to, bytes);
        target.receiver().onDatagram(from, to, ByteBuffer.wrap(bytes));
    }

    private void trace(SimAddress from, SimAddress to, byte[] bytes) {
        traceHash = mix(traceHash, clock.nowNanos() - startNanos);
        traceHash = mix(mix(mix(traceHash, from.high()), from.low()), from.port());
        traceHash = mix(mix(mix(traceHash, to.high()), to.low()), to.port());
        traceHash = mix(traceHash, bytes.length);
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.remaining() >= Long.BYTES) {
            traceHash = mix(traceHash, rest.getLong());
        }
        while (rest.hasRemaining()) {
            traceHash = mix(traceHash, rest.get());
        }
    }

    private Link linkBetween(SimNode from, SimNode to) {
        return links.computeIfAbsent(
                new Route(from.name(), to.name()),
                route -> new Link(defaultProfile, seed, "link " + route.from + " > " + route.to, startNanos));
    }

    boolean isFree(SimAddress address) {
        return !nodesByAddress.containsKey(address);
    }

    private void requireFree(SimAddress address) {
        SimNode owner = nodesByAddress.get(Objects.requireNonNull(address, "address"));
        if (owner != null) {
            throw new IllegalArgumentException("the address is taken by " + owner);
        }
    }

    private static void requireFits(int length) {
        if (length > MAX_DATAGRAM_BYTES) {
            throw new IllegalArgumentException(
                    "a datagram has at most " + MAX_DATAGRAM_BYTES + " bytes, this one " + length);
        }
    }

    private static long mix(long hash, long value) {
        return Long.rotateLeft((hash ^ value) * FNV_PRIME, 29);
    }

    private record Route(String from, String to) {}

    private static final int MAX_DATAGRAM_BYTES = 65_507;
    private static final long MAX_BYTES_IN_FLIGHT = 64L * 1024 * 1024;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
}
