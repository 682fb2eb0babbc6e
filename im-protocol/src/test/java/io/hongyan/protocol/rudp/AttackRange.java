// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A server with two clients, alice and bob, who talk to it, and what a forger needs: everything they sent, datagrams
 * sealed with alice's keys, and counts of each attack.
 */
final class AttackRange {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000 * MILLI;
    static final SimAddress SERVER = SimAddress.ipv4("10.0.0.1", 7901);
    static final SimAddress ALICE = SimAddress.ipv4("10.0.0.2", 5000);
    static final SimAddress BOB = SimAddress.ipv4("10.0.0.3", 5000);
    static final SimAddress STRANGER = SimAddress.ipv4("10.6.6.6", 666);

    final VirtualClock clock = new VirtualClock();
    final SimulatedNetwork network = new SimulatedNetwork(
            clock, 1, LinkProfile.builder("10 ms").delayMillis(10).keepOrder().build());
    final RandomStream random;
    final SimPeer server;
    final SimPeer alice;
    final SimPeer bob;

    /** What each address sent, in order; what was injected in its name is not in it. */
    final Map<SimAddress, List<byte[]>> sentBy = new HashMap<>();
    /** What the server sent to each address, in bytes. */
    final Map<SimAddress, Long> bytesTo = new HashMap<>();

    final Map<RudpConnection, List<byte[]>> frames = new HashMap<>();

    AttackRange(long seed, RudpConfig serverConfig) {
        random = RandomStream.of(seed, "forgery");
        server = new SimPeer(
                network,
                "server",
                SERVER,
                RudpEndpoint.server(serverConfig, ServerSecret.random(random), 0, random, RudpTracer.NONE));
        alice = client("alice", ALICE);
        bob = client("bob", BOB);
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                frames.computeIfAbsent(event.connection(), none -> new ArrayList<>())
                        .add(SimPeer.bytes(event));
            }
        };
        network.observe((nowNanos, from, to, datagram) -> {
            byte[] bytes = new byte[datagram.remaining()];
            datagram.get(bytes);
            sentBy.computeIfAbsent(from, none -> new ArrayList<>()).add(bytes);
            if (from.equals(SERVER)) {
                bytesTo.merge(to, (long) bytes.length, Long::sum);
            }
        });
    }

    SimPeer client(String name, SimAddress at) {
        return new SimPeer(network, name, at, RudpEndpoint.client(RudpConfig.defaults(), random, RudpTracer.NONE));
    }

    /** A connection that has said one message. */
    Talk talk(SimPeer client) {
        Talk talk = new Talk(client, client.connect(server));
        clock.advanceBy(SECOND);
        assertThat(talk.near.isOpen()).isTrue();
        talk.far = server.connected.get(server.connected.size() - 1);
        talk.say();
        return talk;
    }

    Attack attack(String name) {
        return new Attack(name, server);
    }

    /** Attacks the client, in its server's name as it likes. */
    Attack attackOn(SimPeer victim, String name) {
        return new Attack(name, victim);
    }

    byte[] last(SimAddress from) {
        List<byte[]> sent = sentBy.get(from);
        return sent.get(sent.size() - 1);
    }

    byte[] guess(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** One client's connection, both ends. */
    final class Talk {
        final SimPeer client;
        final RudpConnection near;
        RudpConnection far;
        private int said;

        Talk(SimPeer client, RudpConnection near) {
            this.client = client;
            this.near = near;
            this.far = near;
        }

        /** Says something, lets it arrive, and expects that exactly what was said has arrived. */
        void say() {
            byte[] frame = new byte[20];
            Bytes.putInt(frame, 0, said++);
            assertThat(client.send(near, Lane.CHAT, frame)).isTrue();
            clock.advanceBy(SECOND);
            assertHeard();
        }

        void assertHeard() {
            List<byte[]> heard = frames.getOrDefault(far, List.of());
            assertThat(heard).hasSize(said);
            for (int i = 0; i < said; i++) {
                assertThat(Bytes.getInt(heard.get(i), 0)).isEqualTo(i);
            }
        }

        /** Nothing ended it, moved it, or said anything in its name. */
        void assertUnharmed() {
            assertThat(near.isOpen()).isTrue();
            assertThat(far.isOpen()).isTrue();
            assertThat(far.core().remote()).isEqualTo(SimPeer.addressOf(client));
            assertThat(far.core().path.needsProof()).isFalse();
            assertHeard();
            say();
        }

        /** An authentic datagram of this client. */
        byte[] forge(long packetNumber, Consumer<WireWriter> payload) {
            return seal(near.core(), packetNumber, payload);
        }

        void close() {
            near.close(clock.nowNanos(), 210);
            client.pump();
            clock.advanceBy(5 * SECOND);
            assertThat(client.endpoint.connections()).isZero();
        }
    }

    static byte[] seal(ConnectionCore connection, long packetNumber, Consumer<WireWriter> payload) {
        byte[] datagram = new byte[Wire.MAX_DATAGRAM_BYTES];
        WireWriter out = new WireWriter(datagram);
        connection.names.writeHeader(out, packetNumber, connection.largestAcked);
        int headerEnd = out.position;
        payload.accept(out);
        return Arrays.copyOf(datagram, connection.protector().seal(packetNumber, datagram, headerEnd, out.position));
    }

    /** Datagrams thrown at one endpoint, and what that endpoint counted meanwhile. */
    final class Attack {
        private final String name;
        private final SimPeer victim;
        private final RudpEndpointStats before;
        private final Map<SimAddress, Long> answeredBefore = new HashMap<>(bytesTo);
        private final Map<SimAddress, Long> bytesFrom = new HashMap<>();
        private long datagrams;
        private long bytes;

        Attack(String name, SimPeer victim) {
            this.name = name;
            this.victim = victim;
            before = victim.endpoint.stats();
        }

        void send(SimAddress from, byte[] datagram) {
            network.inject(from, victim.node.address(), datagram);
            bytesFrom.merge(from, (long) datagram.length, Long::sum);
            bytes += datagram.length;
            // So few at a time that the engine's answers find room, and its time passes.
            if (++datagrams % 64 == 0) {
                clock.advanceBy(MILLI);
            }
        }

        /** The attack is over; prints a line of counts. */
        Outcome over() {
            // Answers arrive before the next attack is counted.
            clock.advanceBy(15 * MILLI);
            RudpEndpointStats after = victim.endpoint.stats();
            Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
            for (DropReason reason : DropReason.values()) {
                long count = after.dropped(reason) - before.dropped(reason);
                if (count > 0) {
                    dropped.put(reason, count);
                }
            }
            Outcome outcome = new Outcome(
                    datagrams,
                    bytes,
                    dropped,
                    after.handshakesStarted() - before.handshakesStarted(),
                    after.handshakesCompleted() - before.handshakesCompleted(),
                    after.resetsSent() - before.resetsSent(),
                    after.moves() - before.moves(),
                    after.connections() - before.connections(),
                    bytesFrom.keySet().stream()
                            .filter(address -> !List.of(ALICE, BOB, SERVER).contains(address))
                            .mapToLong(this::answered)
                            .sum());
            System.out.println("FORGERY " + name + ": " + outcome.line());
            return outcome;
        }

        /** Bytes that the server sent to this address since the attack began. */
        long answered(SimAddress to) {
            return bytesTo.getOrDefault(to, 0L) - answeredBefore.getOrDefault(to, 0L);
        }

        long bytesFrom(SimAddress from) {
            return bytesFrom.getOrDefault(from, 0L);
        }
    }

    /** What an endpoint counted during an attack. */
    record Outcome(
            long datagrams,
            long bytes,
            Map<DropReason, Long> dropped,
            long cookies,
            long accepted,
            long resets,
            long moves,
            int connectionsMore,
            long bytesToStrangers) {

        long dropped(DropReason reason) {
            return dropped.getOrDefault(reason, 0L);
        }

        /** Every datagram was dropped for one of these reasons. */
        void assertAllDropped(DropReason... reasons) {
            assertThat(Arrays.stream(reasons).mapToLong(this::dropped).sum()).isEqualTo(datagrams);
            assertThat(moves).isZero();
            assertThat(accepted).isZero();
            assertThat(bytesToStrangers).isZero();
        }

        String line() {
            return datagrams + " datagrams of " + bytes + " bytes; dropped " + dropped + "; cookies " + cookies
                    + ", accepted " + accepted + ", resets " + resets + ", moves " + moves + "; bytes to strangers "
                    + bytesToStrangers;
        }
    }
}
