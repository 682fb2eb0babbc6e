// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.RandomStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client and a server endpoint, what is under way between them for a fuzz test to meddle with, and what each may and
 * may not hear. Time moves by hand.
 */
final class FuzzedPair {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000_000_000L;
    private static final int MOST_UNDER_WAY = 512;
    private static final int MOST_DATAGRAMS_A_ROUND = 20_000;
    private static final int[] SIZES = {5, 6, 40, 200, 1000, 1024, 1025, 1300, 3000, 9000, 20_000, 65_540};

    final Side client;
    final Side server;
    long now = SECOND;

    private final PathLedger ledger;
    private final Set<PeerAddress> clientAddresses = new HashSet<>();

    FuzzedPair() {
        RandomStream random = RandomStream.of(42, "fuzz");
        PeerAddress clientAddress = new PeerAddress();
        clientAddress.setIpv4(0x0a000002, 5000);
        PeerAddress serverAddress = new PeerAddress();
        serverAddress.setIpv4(0x0a000001, 7901);
        client = new Side(clientAddress);
        server = new Side(serverAddress);
        client.peer = server;
        server.peer = client;
        client.endpoint = RudpEndpoint.client(RudpConfig.defaults(), random, RudpTracer.NONE, client.protection);
        server.endpoint = RudpEndpoint.server(
                RudpConfig.defaults(), ServerSecret.random(random), 0, random, RudpTracer.NONE, server.protection);
        ledger = new PathLedger(server.endpoint);
        client.hear(client.endpoint.connect(now, serverAddress));
        client.pump();
    }

    /** Everything under way arrives, and so does what is answered, until both are silent. */
    void exchange() {
        for (int rounds = 0; client.deliverAll() | server.deliverAll(); rounds++) {
            assertThat(rounds).as("both fall silent").isLessThan(MOST_DATAGRAMS_A_ROUND);
        }
    }

    /** Time passes, with all deadlines in it; what they send stays under way. */
    void pass(long nanos) {
        passUntil(now + nanos, () -> {});
    }

    /** Time passes, and everything arrives. */
    void passInPeace(long nanos) {
        exchange();
        passUntil(now + nanos, this::exchange);
    }

    private void passUntil(long until, Runnable afterEach) {
        for (int fired = 0; ; fired++) {
            assertThat(fired).as("deadlines").isLessThan(100_000);
            long next = Math.min(client.endpoint.nextDeadlineNanos(), server.endpoint.nextDeadlineNanos());
            if (next > until) {
                break;
            }
            now = Math.max(now, next);
            client.fire();
            server.fire();
            afterEach.run();
        }
        now = until;
    }

    /** Both close; then nothing may be left. */
    void end() {
        client.resume();
        server.resume();
        client.endpoint.closeAll(now, 210);
        server.endpoint.closeAll(now, 210);
        client.pump();
        server.pump();
        passInPeace(200 * SECOND);
        client.checkEnded();
        server.checkEnded();
    }

    /** The end of the server's that the client speaks to; null before the client knows it. */
    @Nullable
    Ear serverEnd() {
        RudpConnection ofClient = client.first();
        for (Ear ear : server.ears.values()) {
            if (ear.connection.id() == ofClient.id()) {
                return ear;
            }
        }
        return null;
    }

    /** A message of this lane and place in it: whoever hears another one, or this one elsewhere, was deceived. */
    static byte[] message(int lane, int place) {
        byte[] bytes = new byte[SIZES[place * 7 % SIZES.length]];
        return fill(bytes, lane, place);
    }

    private static byte[] fill(byte[] bytes, int lane, int place) {
        Arrays.fill(bytes, (byte) (place * 31 + lane));
        bytes[0] = (byte) lane;
        Bytes.putInt(bytes, 1, place);
        return bytes;
    }

    /** One end of one connection: what it sent and heard. */
    final class Ear {
        final RudpConnection connection;
        final int[] sent = new int[3];
        final int[] heard = new int[3];
        private final Set<Integer> ephemeral = new HashSet<>();
        boolean connected;
        boolean closed;
        boolean closeCalled;

        Ear(RudpConnection connection) {
            this.connection = connection;
        }

        private void onFrame(RudpEvent event, boolean fromHostile) {
            assertThat(connected).as("heard before it was connected").isTrue();
            byte[] bytes = SimPeer.bytes(event);
            int lane = event.lane().ordinal();
            int place = heard[lane]++;
            if (fromHostile) {
                assertThat(bytes.length).isBetween(1, RudpConfig.defaults().maxMessageBytes());
            } else if (event.lane() == Lane.EPHEMERAL) {
                int number = (int) Bytes.readLong(bytes, 1, 4);
                assertThat(ephemeral.add(number))
                        .as("an ephemeral message came twice")
                        .isTrue();
                assertThat(bytes).isEqualTo(fill(new byte[bytes.length], lane, number));
            } else if (!Arrays.equals(bytes, message(lane, place))) {
                throw new AssertionError("lane " + lane + ": instead of message " + place + " came one of "
                        + bytes.length + " bytes, number " + Bytes.readLong(bytes, 1, 4));
            }
        }

        private void check() {
            RudpStats stats = connection.stats();
            assertThat(stats.bytesInFlight()).isNotNegative();
            assertThat(stats.windowBytes()).isPositive();
            assertThat(stats.lossesSpurious()).isLessThanOrEqualTo(stats.datagramsLost());
            assertThat(stats.messagesDelivered()).isGreaterThanOrEqualTo(heard[0] + heard[1]);
            assertThat(connection.core().packetsRemembered()).isLessThanOrEqualTo(2L * SentPackets.MAX_PACKETS);
            for (Lane lane : new Lane[] {Lane.CHAT, Lane.BULK}) {
                assertThat(connection.pendingBytes(lane))
                        .isBetween(0, RudpConfig.defaults().sendBufferBytes());
            }
        }
    }

    /** One endpoint, and what it sent that is still under way. */
    final class Side {
        final PeerAddress address;
        final EditingProtection protection = new EditingProtection();
        final List<byte[]> underWay = new ArrayList<>();
        final Deque<byte[]> past = new ArrayDeque<>();
        final Map<RudpConnection, Ear> ears = new LinkedHashMap<>();
        RudpEndpoint endpoint;
        Side peer;

        private final RudpEvent event = new RudpEvent();
        private final PeerAddress to = new PeerAddress();
        private final ByteBuffer out = ByteBuffer.allocate(Wire.MAX_DATAGRAM_BYTES);
        private boolean paused;

        Side(PeerAddress address) {
            this.address = address;
        }

        /** A driver's round. */
        void pump() {
            for (int datagrams = 0; poll(); datagrams++) {
                assertThat(datagrams).as("datagrams of one round").isLessThan(MOST_DATAGRAMS_A_ROUND);
            }
            ears.values().forEach(Ear::check);
            EndpointInvariants.check(endpoint, now);
        }

        private boolean poll() {
            events();
            out.clear();
            if (!endpoint.pollDatagram(now, out, to)) {
                events();
                return false;
            }
            byte[] datagram = new byte[out.flip().remaining()];
            out.get(datagram);
            if (this == server && !protection.edited) {
                ledger.sent(to, ByteBuffer.wrap(datagram));
            }
            past.addLast(datagram);
            if (past.size() > 64) {
                past.removeFirst();
            }
            if (to.sameAs(peer.address)) {
                underWay.add(datagram);
                if (underWay.size() > MOST_UNDER_WAY) {
                    underWay.remove(0);
                }
            }
            return true;
        }

        private void events() {
            while (endpoint.pollEvent(event)) {
                Ear ear = hear(event.connection());
                assertThat(ear.closed).as("CLOSED is the last event").isFalse();
                switch (event.kind()) {
                    case RudpEvent.CONNECTED -> {
                        assertThat(ear.connected).as("connected twice").isFalse();
                        ear.connected = true;
                        if (paused) {
                            event.connection().pauseReading();
                        }
                    }
                    case RudpEvent.FRAME -> ear.onFrame(event, peer.protection.edited);
                    case RudpEvent.CLOSED -> {
                        assertThat(event.code()).isBetween(0, 0xffff);
                        ear.closed = true;
                    }
                    default -> {}
                }
            }
        }

        Ear hear(RudpConnection connection) {
            return ears.computeIfAbsent(connection, Ear::new);
        }

        RudpConnection first() {
            return ears.keySet().iterator().next();
        }

        /** The one that began last; null before there is any. */
        @Nullable
        Ear last() {
            Ear last = null;
            for (Ear ear : ears.values()) {
                last = ear;
            }
            return last;
        }

        void send(Lane lane, int size) {
            Ear ear = last();
            if (ear == null) {
                return;
            }
            int code = lane.ordinal();
            int place = ear.sent[code];
            byte[] message = lane == Lane.EPHEMERAL ? fill(new byte[5 + 4 * size], code, place) : message(code, place);
            try {
                if (ear.connection.send(now, lane, message)) {
                    ear.sent[code]++;
                }
            } catch (IllegalArgumentException e) {
                assertThat(peer.protection.edited)
                        .as("the peer said it takes less")
                        .isTrue();
            }
            ear.connection.flush();
            pump();
        }

        void pause() {
            paused = true;
            ears.keySet().forEach(RudpConnection::pauseReading);
        }

        void resume() {
            paused = false;
            ears.keySet().forEach(connection -> connection.resumeReading(now));
            pump();
        }

        void close(int code) {
            Ear ear = last();
            if (ear != null) {
                ear.closeCalled = true;
                ear.connection.close(now, code);
                pump();
            }
        }

        /** The peer receives this. */
        void arrive(byte[] datagram) {
            arrive(datagram, address);
        }

        /** The peer receives this, from that address. */
        void arrive(byte[] datagram, PeerAddress from) {
            if (peer == server) {
                if (from == address) {
                    clientAddresses.add(from.copy());
                }
                ledger.received(from, ByteBuffer.wrap(datagram));
            } else if (datagram.length > 0) {
                // Under way is kept without its receiver's address: that may have been any of the client's.
                clientAddresses.forEach(at -> ledger.arrived(at, ByteBuffer.wrap(datagram)));
            }
            peer.endpoint.input(now, ByteBuffer.wrap(datagram), from);
            peer.pump();
        }

        boolean deliverAll() {
            List<byte[]> all = List.copyOf(underWay);
            underWay.clear();
            all.forEach(this::arrive);
            return !all.isEmpty();
        }

        void fire() {
            endpoint.onDeadline(now);
            pump();
        }

        private void checkEnded() {
            assertThat(endpoint.connections()).isZero();
            assertThat(endpoint.pool().inUse()).isZero();
            assertThat(ears.values()).allMatch(ear -> ear.closed);
            long inputs = endpoint.stats().datagramsReceived();
            long dropped = endpoint.stats().dropped().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertThat(dropped).isLessThanOrEqualTo(inputs);
        }
    }

    /** CLEAR, which may change what is to be sealed: what leaves is authentic all the same. */
    static final class EditingProtection implements Protector.Factory {
        private @Nullable Edit next;
        /** Whether anything was changed so far: from then on the side is hostile. */
        boolean edited;

        /** Changes the next payload. */
        void editNext(Edit edit) {
            next = edit;
        }

        @Override
        public int protection() {
            return ClearProtector.FACTORY.protection();
        }

        @Override
        public int keyExchangeBytes() {
            return ClearProtector.FACTORY.keyExchangeBytes();
        }

        @Override
        public Protector create(byte[] clientKeyExchange, byte[] serverKeyExchange, boolean server) {
            return editing(ClearProtector.FACTORY.create(clientKeyExchange, serverKeyExchange, server));
        }

        @Override
        public Protector resume(byte[] clientKeyExchange, byte[] resumptionSecret, boolean server) {
            return editing(ClearProtector.FACTORY.resume(clientKeyExchange, resumptionSecret, server));
        }

        private Protector editing(Protector clear) {
            return new Protector() {
                @Override
                public int overheadBytes() {
                    return clear.overheadBytes();
                }

                @Override
                public int seal(long packetNumber, byte[] datagram, int headerEnd, int end) {
                    Edit edit = next;
                    if (edit == null) {
                        return clear.seal(packetNumber, datagram, headerEnd, end);
                    }
                    next = null;
                    edited = true;
                    byte[] payload = edit.apply(Arrays.copyOfRange(datagram, headerEnd, end));
                    int length =
                            Math.min(payload.length, RudpConfig.DATAGRAM_BYTES - clear.overheadBytes() - headerEnd);
                    System.arraycopy(payload, 0, datagram, headerEnd, length);
                    return clear.seal(packetNumber, datagram, headerEnd, headerEnd + length);
                }

                @Override
                public int open(long packetNumber, byte[] datagram, int headerEnd, int end) {
                    return clear.open(packetNumber, datagram, headerEnd, end);
                }

                @Override
                public byte[] resumptionSecret() {
                    return clear.resumptionSecret();
                }
            };
        }

        /** What becomes of a payload. */
        interface Edit {
            byte[] apply(byte[] payload);
        }
    }
}
