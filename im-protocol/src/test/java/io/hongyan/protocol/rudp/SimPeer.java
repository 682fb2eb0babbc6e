// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimNode;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Drives one endpoint on a simulated network, as the Netty driver does on a real one. */
final class SimPeer {
    final VirtualClock clock;
    final SimNode node;
    final List<String> log = new ArrayList<>();
    final List<RudpConnection> connected = new ArrayList<>();
    final List<RudpTicket> tickets = new ArrayList<>();
    RudpEndpoint endpoint;
    Consumer<RudpEvent> onEvent = event -> {};
    /** Sees datagrams that come, and such that leave, each with the other's address. */
    BiConsumer<PeerAddress, ByteBuffer> onReceived = (from, datagram) -> {};

    BiConsumer<PeerAddress, ByteBuffer> onSent = (to, datagram) -> {};
    Runnable afterRound = () -> {};
    /** What does not pass never arrives. */
    Predicate<byte[]> passes = datagram -> true;

    long datagramsSent;
    long deadlinesFired;
    int lastCloseCode = -1;
    boolean lastCloseByPeer;

    private final List<SimPeer> guests = new ArrayList<>();
    private final RudpEvent event = new RudpEvent();
    private final PeerAddress address = new PeerAddress();
    private final ByteBuffer out = ByteBuffer.allocate(RudpConfig.LONGEST_DATAGRAM_BYTES);
    private VirtualClock.@Nullable Task timer;

    SimPeer(SimulatedNetwork network, String name, SimAddress at, RudpEndpoint endpoint) {
        this.clock = network.clock();
        this.endpoint = endpoint;
        this.node = network.attach(name, at, (from, to, datagram) -> receive(from, datagram));
    }

    /**
     * Another endpoint behind the address, and so behind the links, of a host: both hear all that comes, and let go what
     * is not theirs. For clients that ask to be addressed by an id.
     */
    SimPeer(SimPeer host, RudpEndpoint endpoint) {
        this.clock = host.clock;
        this.endpoint = endpoint;
        this.node = host.node;
        host.guests.add(this);
    }

    private void receive(SimAddress from, ByteBuffer datagram) {
        for (SimPeer guest : guests) {
            guest.receive(from, datagram.duplicate());
        }
        byte[] bytes = new byte[datagram.remaining()];
        datagram.duplicate().get(bytes);
        if (!passes.test(bytes)) {
            return;
        }
        address.set(from.high(), from.low(), from.port());
        onReceived.accept(address, datagram);
        endpoint.input(clock.nowNanos(), datagram, address);
        pump();
    }

    /** A driver's round. */
    void pump() {
        long now = clock.nowNanos();
        drain();
        while (poll(now)) {
            drain();
        }
        drain();
        while (poll(now)) {
            drain();
        }
        afterRound.run();
        rearm();
    }

    private boolean poll(long now) {
        out.clear();
        if (!endpoint.pollDatagram(now, out, address)) {
            return false;
        }
        datagramsSent++;
        onSent.accept(address, out.flip());
        node.send(new SimAddress(address.high(), address.low(), address.port()), out);
        return true;
    }

    private void drain() {
        while (endpoint.pollEvent(event)) {
            switch (event.kind()) {
                case RudpEvent.CONNECTED -> {
                    connected.add(event.connection());
                    log.add("CONNECTED");
                }
                case RudpEvent.CLOSED -> {
                    lastCloseCode = event.code();
                    lastCloseByPeer = event.byPeer();
                    log.add(event.toString());
                }
                case RudpEvent.MOVED -> log.add("MOVED");
                case RudpEvent.TICKET -> tickets.add(event.ticket());
                default -> {}
            }
            onEvent.accept(event);
        }
    }

    private void rearm() {
        VirtualClock.Task armed = timer;
        if (armed != null) {
            armed.cancel();
        }
        long deadline = endpoint.nextDeadlineNanos();
        timer = deadline == Long.MAX_VALUE
                ? null
                : clock.schedule(Math.max(deadline, clock.nowNanos()), () -> {
                    deadlinesFired++;
                    endpoint.onDeadline(clock.nowNanos());
                    pump();
                });
    }

    RudpConnection connect(SimPeer server) {
        RudpConnection connection = endpoint.connect(clock.nowNanos(), addressOf(server));
        pump();
        return connection;
    }

    /** Connects with a ticket and, in the same round, a message. */
    RudpConnection resume(SimPeer server, RudpTicket ticket, byte[] frame) {
        RudpConnection connection = endpoint.connect(clock.nowNanos(), addressOf(server), ticket);
        send(connection, Lane.CHAT, frame);
        return connection;
    }

    boolean send(RudpConnection connection, Lane lane, byte[] frame) {
        boolean taken = connection.send(clock.nowNanos(), lane, frame);
        connection.flush();
        pump();
        return taken;
    }

    static PeerAddress addressOf(SimPeer peer) {
        return addressOf(peer.node.address());
    }

    static PeerAddress addressOf(SimAddress at) {
        PeerAddress address = new PeerAddress();
        address.set(at.high(), at.low(), at.port());
        return address;
    }

    static byte[] bytes(RudpEvent event) {
        byte[] bytes = new byte[event.frame().remaining()];
        event.frame().get(bytes);
        return bytes;
    }
}
