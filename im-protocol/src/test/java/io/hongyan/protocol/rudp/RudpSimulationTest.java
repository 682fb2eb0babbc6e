// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.simnet.BurstLoss;
import io.hongyan.simnet.FaultPlan;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.LinkProfiles;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.Seeds;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Two engines over a network with every fault there is: loss to 30 %, bursts, reordering, duplication, bit flips,
 * bottlenecks, cuts, address changes, paths that become longer, thinner and narrower at once. Half of the clients come with
 * a ticket, half of those to a server that has restarted since. Every reliable message arrives exactly
 * once and in order per lane, within {@link #STALL_BOUND_NANOS} after the last fault and the last send; then both fall
 * silent. After each round of either driver all of {@link EndpointInvariants} holds, and the server has sent no address
 * more than the {@link PathLedger} allows.
 */
class RudpSimulationTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final long SENDING_NANOS = 6 * SECOND;
    /** A client that changed its address in silence is found again by its next ping. */
    private static final int KEEP_ALIVE_MILLIS = 5_000;
    /**
     * 99 % of the seeds need less than 7 s, and each tenth of the rest some 6 s more: loss of 30 % both ways leaves half of
     * the probes without an answer, and the timer backs off to 8 s. A photo in the queue of a thin path lets it begin there.
     */
    private static final long STALL_BOUND_NANOS = 90 * SECOND;

    @Test
    void deliversEverythingExactlyOnceAndInOrderThenFallsSilent() {
        Seeds.forEachInParallel(RudpSimulationTest.class, "im-protocol", 1, 5000, seed -> new Run(seed).run());
    }

    /** With -Dhongyan.trace=true a replay tells what both engines did. */
    private static RudpTracer tracer(String name) {
        return Boolean.getBoolean("hongyan.trace") ? new PrintingTracer(name) : RudpTracer.NONE;
    }

    /**
     * The path takes another turn, which only changes how long it is, and perhaps how thin and how narrow: a round trip of
     * 4 ms to 1 s, behind a bottleneck a queue that takes all the engines send, for seconds, and no datagram beyond a
     * length that all but probes and bulk keep to.
     */
    private record Turn(long atNanos, double delayMillis, long rateBitsPerSecond, int mtuBytes) {
        static List<Turn> random(RandomStream random) {
            List<Turn> turns = new ArrayList<>();
            if (random.chance(0.4)) {
                for (long left = random.between(1, 3); left > 0; left--) {
                    double delayMillis = 2 * StrictMath.pow(250, random.nextDouble());
                    long rate = random.chance(0.4) ? random.between(64_000, 512_000) : 0;
                    int mtu = random.chance(0.5) ? (int) random.between(RudpConfig.DATAGRAM_BYTES, 1_460) : 0;
                    turns.add(new Turn(random.between(0, SENDING_NANOS), delayMillis, rate, mtu));
                }
            }
            return turns;
        }

        LinkProfile of(LinkProfile profile) {
            LinkProfile.Builder turned =
                    profile.toBuilder().delayMillis(delayMillis).mtuBytes(mtuBytes);
            return rateBitsPerSecond == 0
                    ? turned.build()
                    : turned.rate(rateBitsPerSecond, 256 << 10).build();
        }
    }

    /** One seed. */
    private static final class Run {
        private final VirtualClock clock = new VirtualClock();
        private final FaultPlan plan;
        private final List<Turn> turns;
        private LinkProfile up;
        private LinkProfile down;
        private final SimulatedNetwork network;
        private final RandomStream workload;
        private final RandomStream keys;
        private final RudpConfig config =
                RudpConfig.builder().keepAliveMillis(KEEP_ALIVE_MILLIS).build();
        private final SimPeer server;
        private final SimPeer client;
        private final List<Talker> talkers = new ArrayList<>();
        private @Nullable Talker speaker;

        Run(long seed) {
            plan = FaultPlan.random(seed);
            turns = Turn.random(RandomStream.of(seed, "turns"));
            up = plan.up();
            down = plan.down();
            network = new SimulatedNetwork(clock, seed);
            workload = RandomStream.of(seed, "workload");
            keys = RandomStream.of(seed, "keys");
            server = new SimPeer(network, "server", SimAddress.ipv4("10.0.0.1", 7901), newServer());
            client = new SimPeer(
                    network,
                    "client",
                    SimAddress.ipv4("10.0.0.2", 5000),
                    RudpEndpoint.client(config, keys, tracer("client")));
        }

        void run() {
            if (Boolean.getBoolean("hongyan.trace")) {
                network.observe((nowNanos, from, to, datagram) -> System.out.printf(
                        "%10.3f ms %s > %s %02x %d B%n",
                        nowNanos / 1e6, from, to, datagram.get(datagram.position()), datagram.remaining()));
            }
            if (workload.chance(0.5)) {
                fetchTicket();
            }
            server.onEvent = this::onServerEvent;
            client.onEvent = this::onClientEvent;
            PathLedger ledger = new PathLedger(server.endpoint);
            server.onReceived = ledger::received;
            server.onSent = ledger::sent;
            client.onReceived = (from, datagram) -> ledger.arrived(SimPeer.addressOf(client), datagram);
            server.afterRound = () -> {
                EndpointInvariants.check(server.endpoint, clock.nowNanos());
                ledger.check();
            };
            client.afterRound = () -> EndpointInvariants.check(client.endpoint, clock.nowNanos());
            plan.applyTo(network, client.node, server.node);
            for (Turn turn : turns) {
                clock.scheduleAfter(turn.atNanos, () -> relink(turn.of(plan.up()), turn.of(plan.down())));
            }
            connect();
            clock.advanceBy(Math.max(SENDING_NANOS, plan.lastFaultNanos()));
            relink(withoutCountedBursts(up), withoutCountedBursts(down));
            boolean all = clock.runUntil(this::allArrived, STALL_BOUND_NANOS);
            talkers.forEach(Talker::expectAll);
            assertThat(all).as("everything was sent: %s %s", plan, turns).isTrue();
            checkSilence();
        }

        private RudpEndpoint newServer() {
            return RudpEndpoint.server(config, ServerSecret.random(keys), 0, keys, tracer("server"));
        }

        /** A connection before all faults. */
        private void fetchTicket() {
            network.link(client.node, server.node, LinkProfiles.LAN, LinkProfiles.LAN);
            RudpConnection connection = client.connect(server);
            clock.advanceBy(SECOND);
            connection.close(clock.nowNanos(), ReasonCode.CLOSED_LOCALLY.number());
            client.pump();
            clock.advanceBy(5 * SECOND);
            assertThat(client.tickets).hasSize(1);
            if (workload.chance(0.5)) {
                server.endpoint = newServer();
            }
        }

        private void relink(LinkProfile newUp, LinkProfile newDown) {
            up = newUp;
            down = newDown;
            network.link(client.node, server.node, up, down);
        }

        /** Bursts counted in datagrams swallow a dozen probes in a row, and with that any time: such a fault must end. */
        private LinkProfile withoutCountedBursts(LinkProfile profile) {
            return profile.bursts() instanceof BurstLoss.PerDatagram
                    ? profile.toBuilder().bursts(BurstLoss.NONE).build()
                    : profile;
        }

        private void connect() {
            RudpTicket ticket = client.tickets.isEmpty() ? null : client.tickets.remove(0);
            RudpConnection connection = client.endpoint.connect(clock.nowNanos(), SimPeer.addressOf(server), ticket);
            client.pump();
            speaker = new Talker(client, connection, null);
            speaker.begin();
        }

        /**
         * A client that heard nothing takes a new cookie, and the server may make a connection of the old one as well:
         * such a connection gets what it gets, and only the one that the client is on must get all.
         */
        private void onServerEvent(RudpEvent event) {
            if (event.kind() == RudpEvent.CONNECTED) {
                new Talker(server, event.connection(), speaker).begin();
            }
            hear(event, (Talker) event.connection().attachment());
        }

        private void onClientEvent(RudpEvent event) {
            if (event.kind() == RudpEvent.CLOSED) {
                // Ten seconds in which nothing comes through are the application's business: it comes back. The
                // handshake ran out of time, or a server that was never confirmed had forgotten the client.
                boolean forgotten = event.code() == ReasonCode.UNKNOWN_CONNECTION.number()
                        && server.lastCloseCode == ReasonCode.HANDSHAKE_TIMEOUT.number();
                assertThat(forgotten || event.code() == ReasonCode.HANDSHAKE_TIMEOUT.number())
                        .as("%s: %s", event, plan)
                        .isTrue();
                speaker.giveUp = true;
                clock.scheduleAfter(0, this::connect);
                return;
            }
            hear(event, speaker);
        }

        private Talker server(long id) {
            for (Talker talker : talkers) {
                if (talker.at == server && talker.connection.id() == id) {
                    return talker;
                }
            }
            throw new AssertionError("nobody has the id");
        }

        private void hear(RudpEvent event, Talker talker) {
            if (event.kind() == RudpEvent.FRAME) {
                talker.hear(event.lane(), event.frame());
            } else if (event.kind() == RudpEvent.WRITABLE) {
                talker.sendWaiting();
            }
        }

        private boolean allArrived() {
            for (Talker talker : talkers) {
                if (!talker.counts()) {
                    continue;
                }
                if (!talker.waiting.isEmpty()
                        || talker.connection.pendingBytes(Lane.CHAT) > 0
                        || talker.connection.pendingBytes(Lane.BULK) > 0) {
                    return false;
                }
            }
            return true;
        }

        /**
         * On a link that is whole again, and when the queues of the one before have run empty, nothing is kept, and nothing
         * is said but a ping now and then, and its ack.
         */
        private void checkSilence() {
            network.link(client.node, server.node, LinkProfiles.LAN, LinkProfiles.LAN);
            clock.advanceBy(20 * SECOND);
            long before = client.datagramsSent + server.datagramsSent;
            long fired = client.deadlinesFired + server.deadlinesFired;
            clock.advanceBy(50 * SECOND);
            assertThat(client.datagramsSent + server.datagramsSent - before).isLessThanOrEqualTo(2 * 11);
            assertThat(client.deadlinesFired + server.deadlinesFired - fired).isLessThan(100);
            assertThat(clock.runUntil(() -> inUse() == 0, SECOND)).isTrue();
        }

        private int inUse() {
            return client.endpoint.pool().inUse() + server.endpoint.pool().inUse();
        }

        /** Sends at random times, in all lanes, in all sizes. */
        private final class Talker {
            final SimPeer at;
            final RudpConnection connection;
            private final @Nullable Talker caller;
            boolean giveUp;
            final Deque<byte[]> waiting = new ArrayDeque<>();
            final Deque<Lane> waitingLanes = new ArrayDeque<>();
            final int[] sent = new int[3];
            final int[] heard = new int[2];
            private final BitSet heardOnce = new BitSet();
            final long endNanos = clock.nowNanos() + SENDING_NANOS - SECOND;

            /** The server's ends know who called. */
            Talker(SimPeer at, RudpConnection connection, @Nullable Talker caller) {
                this.at = at;
                this.connection = connection;
                this.caller = caller;
                connection.attach(this);
                talkers.add(this);
            }

            /** Whether this is an end of the connection that the client ended up with. */
            boolean counts() {
                return at == server ? connection.id() == speaker.connection.id() : !giveUp;
            }

            void begin() {
                clock.scheduleAfter(workload.between(0, 50 * MILLI), this::speak);
            }

            private void speak() {
                // Now and then a photo: enough for the engine to try longer datagrams.
                boolean photo = workload.chance(0.05);
                for (long burst = photo ? 12 : workload.between(1, 4); burst > 0; burst--) {
                    Lane lane = photo
                            ? Lane.BULK
                            : workload.chance(0.75) ? Lane.CHAT : workload.chance(0.5) ? Lane.BULK : Lane.EPHEMERAL;
                    int size = lane == Lane.BULK
                            ? (int) workload.between(photo ? 3000 : 4, 6000)
                            : (int)
                                    (workload.chance(0.05)
                                            ? workload.between(4, lane == Lane.CHAT ? 20_000 : 1000)
                                            : workload.between(4, 300));
                    int id = sent[lane.ordinal()]++;
                    byte[] frame = new byte[size];
                    ByteBuffer.wrap(frame).putInt(id);
                    for (int i = 4; i < size; i++) {
                        frame[i] = (byte) (id + i);
                    }
                    waiting.add(frame);
                    waitingLanes.add(lane);
                }
                sendWaiting();
                at.pump();
                if (clock.nowNanos() < endNanos && !giveUp) {
                    clock.scheduleAfter(workload.between(0, 300 * MILLI), this::speak);
                }
            }

            void sendWaiting() {
                while (!waiting.isEmpty()
                        && connection.send(clock.nowNanos(), waitingLanes.element(), waiting.element())) {
                    waiting.remove();
                    waitingLanes.remove();
                }
                connection.flush();
            }

            /** What comes must be what the other end sent, and the next of its lane; of an unordered one, for the first time. */
            void hear(Lane lane, ByteBuffer frame) {
                int id = frame.getInt();
                Talker from = partner();
                boolean isNext = lane.isOrdered() ? id == heard[lane.ordinal()]++ : !heardOnce.get(id);
                if (!isNext || id >= from.sent[lane.ordinal()]) {
                    throw new AssertionError(lane + " " + id + " came out of turn, of " + from.sent[lane.ordinal()]);
                }
                for (int i = 4; frame.hasRemaining(); i++) {
                    if (frame.get() != (byte) (id + i)) {
                        throw new AssertionError(lane + " " + id + " came with another content");
                    }
                }
                if (!lane.isOrdered()) {
                    heardOnce.set(id);
                }
            }

            private Talker partner() {
                return caller == null ? server(connection.id()) : caller;
            }

            void expectAll() {
                if (counts()) {
                    assertThat(Arrays.copyOf(sent, 2)).isEqualTo(partner().heard);
                }
            }
        }
    }
}
