// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.protocol.Confined;
import io.hongyan.simnet.Direction;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.LinkProfiles;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What lies between one client's device and all servers: it can be slow, lose, be cut, and change the device's address.
 * Streams (TCP) keep their bytes through a cut and are lost after 30 s of it; datagrams (UDP) are gone.
 *
 * <p>Confined to the thread that runs the world.
 */
@Confined("world")
public final class TestLink {
    /** How long lost bytes of a stream take to be sent again, in ns. */
    private static final long RETRANSMISSION_NANOS = 200_000_000L;

    private final TestWorld world;
    private final String name;
    private final RandomStream random;
    private final Set<StreamConnection> streams = new LinkedHashSet<>();
    private final Set<SimulatedSocket> sockets = new LinkedHashSet<>();
    private final List<Held> held = new ArrayList<>();
    private LinkProfile up = LinkProfiles.PERFECT;
    private LinkProfile down = LinkProfiles.PERFECT;
    private long lastUpNanos;
    private long lastDownNanos;
    private SimAddress host;
    private int nextPort = 40_000;
    private int socketsMade;
    private int cuts;
    private boolean isDown;
    private boolean natKeepsPort;
    /** 0: there is no NAT. */
    private long natNanos;

    TestLink(TestWorld world, String name) {
        this.world = world;
        this.name = name;
        this.random = RandomStream.of(world.seed(), "link " + name);
        this.host = world.newHost();
        this.lastUpNanos = world.nowNanos();
        this.lastDownNanos = world.nowNanos();
    }

    /** The same profile in both directions from now on; see {@link LinkProfiles} for some with names. */
    public void profile(LinkProfile both) {
        profile(both, both);
    }

    /**
     * A profile for each direction from now on. Of it, streams take delay, jitter, rate and loss, and loss only delays
     * them.
     */
    public void profile(LinkProfile toServers, LinkProfile toClient) {
        up = Objects.requireNonNull(toServers, "toServers");
        down = Objects.requireNonNull(toClient, "toClient");
        sockets.forEach(socket -> world.datagramServers().forEach(server -> apply(socket.node(), server)));
    }

    /** Cuts the link until {@link #restore()}. */
    public void cut() {
        cuts++;
        isDown = true;
    }

    /** Cuts the link for so long. */
    public void cut(Duration duration) {
        cut();
        int number = cuts;
        world.clock().scheduleAfter(duration.toNanos(), () -> {
            if (number == cuts) {
                restore();
            }
        });
    }

    /** The link works again: what streams had sent goes on. */
    public void restore() {
        cuts++;
        isDown = false;
        List<Held> waiting = List.copyOf(held);
        held.clear();
        waiting.forEach(one -> carry(one.direction, one.bytes, one.arrival));
    }

    /** Something in between breaks all streams: both ends hear of it. Datagrams know no such thing. */
    public void reset() {
        List.copyOf(streams).forEach(StreamConnection::resetBoth);
    }

    /**
     * The device gets another address, as a phone does that leaves its wireless network: its streams break at once, which
     * servers do not hear; its datagrams come from the new address.
     */
    public void roam() {
        host = world.newHost();
        List.copyOf(streams).forEach(StreamConnection::sever);
        sockets.forEach(socket -> socket.node().changeAddress(host.withPort(nextPort++)));
    }

    /**
     * From now on the device is behind a NAT that forgets a socket for datagrams when nothing has left it for longer than
     * that: servers cannot reach it then, until it speaks again. Streams are not concerned.
     *
     * @param keepsPort whether the socket has the same address again afterwards, as behind many home routers
     */
    public void nat(Duration forgetsAfter, boolean keepsPort) {
        natNanos = forgetsAfter.toNanos();
        natKeepsPort = keepsPort;
        sockets.forEach(socket -> putBehindNat(socket.node()));
    }

    /** How often the NAT has forgotten a socket that then spoke again, of the sockets open now. */
    public int mappingsLost() {
        return sockets.stream().mapToInt(socket -> socket.node().mappingsLost()).sum();
    }

    /** Whether it is cut. */
    public boolean isCut() {
        return isDown;
    }

    @Override
    public String toString() {
        return name + (isDown ? " cut" : "");
    }

    /** Carries bytes of a stream: they arrive in order, late or when the link is there again. */
    void carry(Direction direction, int bytes, Runnable arrival) {
        if (isDown) {
            held.add(new Held(direction, bytes, arrival));
            return;
        }
        boolean isUp = direction == Direction.UP;
        LinkProfile profile = isUp ? up : down;
        long delay = profile.delayNanos();
        if (profile.jitterNanos() > 0) {
            delay += random.between(0, profile.jitterNanos());
        }
        if (profile.loss() > 0 && random.chance(profile.loss())) {
            delay += RETRANSMISSION_NANOS;
        }
        if (profile.rateBitsPerSecond() > 0) {
            delay += bytes * 8L * 1_000_000_000L / profile.rateBitsPerSecond();
        }
        long last = isUp ? lastUpNanos : lastDownNanos;
        long at = Math.max(world.nowNanos() + delay, last);
        if (isUp) {
            lastUpNanos = at;
        } else {
            lastDownNanos = at;
        }
        world.clock().schedule(at, arrival);
    }

    /** An address for one more stream. */
    SimAddress newAddress() {
        return host.withPort(nextPort++);
    }

    void opened(StreamConnection clientEnd) {
        streams.add(clientEnd);
    }

    void closed(StreamConnection clientEnd) {
        streams.remove(clientEnd);
    }

    /** Puts a socket on the network. */
    SimulatedSocket open(SimulatedSocket.Receiver receiver) {
        SimulatedSocket socket =
                new SimulatedSocket(this, world.network(), name + "#" + ++socketsMade, newAddress(), receiver);
        sockets.add(socket);
        if (natNanos > 0) {
            putBehindNat(socket.node());
        }
        world.datagramServers().forEach(server -> apply(socket.node(), server));
        return socket;
    }

    void closed(SimulatedSocket socket) {
        sockets.remove(socket);
    }

    /** A server is there that was not there before. */
    void appeared(SimNode server) {
        sockets.forEach(socket -> apply(socket.node(), server));
    }

    /** The sockets of a process that died; its streams are told by its machine. */
    void processDied() {
        List.copyOf(sockets).forEach(SimulatedSocket::close);
    }

    private void putBehindNat(SimNode node) {
        node.putBehindNat(natNanos, natKeepsPort ? node::address : this::newAddress);
    }

    private void apply(SimNode client, SimNode server) {
        world.network().link(client, server, up, down);
    }

    private record Held(Direction direction, int bytes, Runnable arrival) {}
}
