// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers, and peers who break the rules, may try. */
class RudpAdversaryTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final SimAddress SERVER = SimAddress.ipv4("10.0.0.1", 7901);
    private static final SimAddress CLIENT = SimAddress.ipv4("10.0.0.2", 5000);
    private static final SimAddress STRANGER = SimAddress.ipv4("10.6.6.6", 666);
    private static final int VIOLATION = ReasonCode.PROTOCOL_VIOLATION.number();

    private final VirtualClock clock = new VirtualClock();
    private final SimulatedNetwork network = new SimulatedNetwork(
            clock, 1, LinkProfile.builder("10 ms").delayMillis(10).keepOrder().build());
    private final RandomStream random = RandomStream.of(7, "adversary");
    private final ServerSecret secret = ServerSecret.random(random);
    private final List<byte[]> fromClient = new ArrayList<>();
    private final List<byte[]> fromServer = new ArrayList<>();
    private final List<byte[]> toStranger = new ArrayList<>();
    private final List<byte[]> frames = new ArrayList<>();

    private SimPeer server;
    private SimPeer client;
    private RudpConnection connection;

    private void begin(RudpConfig serverConfig) {
        server = new SimPeer(
                network, "server", SERVER, RudpEndpoint.server(serverConfig, secret, 0, random, RudpTracer.NONE));
        client = new SimPeer(
                network, "client", CLIENT, RudpEndpoint.client(RudpConfig.defaults(), random, RudpTracer.NONE));
        network.observe((nowNanos, from, to, datagram) -> {
            byte[] bytes = new byte[datagram.remaining()];
            datagram.get(bytes);
            if (to.equals(STRANGER)) {
                toStranger.add(bytes);
            } else {
                (to.equals(SERVER) ? fromClient : fromServer).add(bytes);
            }
        });
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                frames.add(SimPeer.bytes(event));
            }
        };
    }

    private RudpConnection connected() {
        begin(RudpConfig.defaults());
        connection = client.connect(server);
        clock.advanceBy(SECOND);
        assertThat(connection.isOpen()).isTrue();
        return server.connected.get(0);
    }

    /** An authentic datagram of the client with a payload of the test's choice. */
    private byte[] forge(long packetNumber, Consumer<WireWriter> payload) {
        byte[] datagram = new byte[Wire.MAX_DATAGRAM_BYTES];
        WireWriter out = new WireWriter(datagram);
        connection.core().names.writeHeader(out, packetNumber, connection.core().largestAcked);
        int headerEnd = out.position;
        payload.accept(out);
        int end = connection.core().protector().seal(packetNumber, datagram, headerEnd, out.position);
        return Arrays.copyOf(datagram, end);
    }

    private void arrive(SimAddress from, byte[] datagram) {
        network.inject(from, SERVER, datagram);
        clock.advanceBy(MILLI);
    }

    private long dropped(DropReason reason) {
        return server.endpoint.stats().dropped(reason);
    }

    @Test
    void dropsEveryDatagramOfWhichOneBitWasFlipped() {
        RudpConnection accepted = connected();
        client.send(connection, Lane.CHAT, new byte[40]);
        clock.advanceBy(SECOND);
        byte[] original = fromClient.get(fromClient.size() - 1);
        for (int bit = 0; bit < original.length * 8; bit++) {
            byte[] harmed = original.clone();
            harmed[bit / 8] ^= (byte) (1 << bit % 8);
            arrive(STRANGER, harmed);
        }
        assertThat(frames).hasSize(1);
        assertThat(toStranger).isEmpty();
        assertThat(accepted.isOpen()).isTrue();
        assertThat(accepted.core().remote()).isEqualTo(SimPeer.addressOf(CLIENT));
    }

    @Test
    void dropsReplayedDatagramsAndIsNotMovedByThem() {
        RudpConnection accepted = connected();
        for (int i = 0; i < 50; i++) {
            client.send(connection, Lane.CHAT, new byte[] {(byte) i});
        }
        clock.advanceBy(SECOND);
        for (byte[] datagram : List.copyOf(fromClient)) {
            arrive(STRANGER, datagram);
        }
        assertThat(frames).hasSize(50);
        assertThat(server.log).containsExactly("CONNECTED");
        assertThat(accepted.core().remote()).isEqualTo(SimPeer.addressOf(CLIENT));
        assertThat(dropped(DropReason.DUPLICATE)).isGreaterThan(5);
        // The first datagram may be answered again, with a cookie for the stranger's own address, and shorter.
        assertThat(toStranger).hasSize(1).allMatch(answer -> answer.length < 200);
    }

    @Test
    void keepsSilentAboutGuessedIds() {
        connected();
        for (int i = 0; i < 20_000; i++) {
            byte[] guess = new byte[60];
            random.nextBytes(guess);
            guess[0] = (byte) 0x80;
            guess[1] = 0;
            network.inject(STRANGER, SERVER, guess);
        }
        clock.advanceBy(SECOND);
        // A guess in a million passes the check, and may be answered with a reset.
        assertThat(toStranger.size()).isLessThanOrEqualTo(2);
        assertThat(dropped(DropReason.FORGED_ID)).isGreaterThan(19_990);
    }

    @Test
    void answersIdsOfTheLiveWithNothingAndOfTheDeadWithAShorterReset() {
        RudpConnection accepted = connected();
        byte[] short40 = new byte[40];
        short40[0] = (byte) 0x80;
        Bytes.putLong(short40, 1, accepted.id());
        arrive(STRANGER, short40);
        assertThat(toStranger).isEmpty();
        assertThat(dropped(DropReason.NOT_AUTHENTIC)).isEqualTo(1);

        connection.close(clock.nowNanos(), 210);
        client.pump();
        clock.advanceBy(5 * SECOND);
        arrive(STRANGER, short40);
        assertThat(toStranger).hasSize(1).allMatch(answer -> answer.length == Wire.RESET_BYTES);
        arrive(STRANGER, Arrays.copyOf(short40, Wire.RESET_BYTES));
        assertThat(toStranger).hasSize(1);
        for (int i = 0; i < 10_000; i++) {
            network.inject(STRANGER, SERVER, short40);
        }
        clock.advanceBy(MILLI);
        assertThat(toStranger.size()).isLessThanOrEqualTo(RudpConfig.defaults().resetsPerSecond() + 10);
        assertThat(dropped(DropReason.RESET_LIMITED)).isGreaterThan(9_000);
    }

    @Test
    void isResetByItsServerOnly() {
        connected();
        byte[] reset = new byte[Wire.RESET_BYTES];
        reset[0] = (byte) Wire.RESET;
        Bytes.putLong(reset, 1, connection.id());
        for (int i = 0; i < 1000; i++) {
            Bytes.putLong(reset, 9, random.nextLong());
            network.inject(SERVER, CLIENT, reset);
        }
        Bytes.putLong(reset, 9, connection.core().names.resetToken());
        network.inject(STRANGER, CLIENT, reset);
        clock.advanceBy(MILLI);
        assertThat(connection.isOpen()).isTrue();
        assertThat(client.endpoint.stats().dropped(DropReason.BAD_RESET)).isEqualTo(1001);
        network.inject(SERVER, CLIENT, reset);
        clock.advanceBy(MILLI);
        assertThat(client.lastCloseCode).isEqualTo(ReasonCode.UNKNOWN_CONNECTION.number());
    }

    @Test
    void closesOnAnAckOfWhatWasNeverSent() {
        RudpConnection accepted = connected();
        arrive(CLIENT, forge(1000, out -> {
            out.writeByte(Wire.ACK);
            out.writeVarint(500);
            out.writeVarint(0);
            out.writeByte(0);
            out.writeVarint(0);
        }));
        assertThat(accepted.isOpen()).isFalse();
        assertThat(server.lastCloseCode).isEqualTo(VIOLATION);
        clock.advanceBy(SECOND);
        assertThat(client.lastCloseCode).isEqualTo(VIOLATION);
        assertThat(client.lastCloseByPeer).isTrue();
    }

    @Test
    void takesOneAckADatagram() {
        RudpConnection accepted = connected();
        for (int acks = 1; acks <= 2; acks++) {
            int count = acks;
            arrive(CLIENT, forge(1000 + acks, out -> {
                for (int i = 0; i < count; i++) {
                    out.writeByte(Wire.ACK);
                    out.writeVarint(0);
                    out.writeVarint(0);
                    out.writeByte(0);
                    out.writeVarint(0);
                }
            }));
            assertThat(accepted.isOpen()).isEqualTo(acks == 1);
        }
        assertThat(server.lastCloseCode).isEqualTo(VIOLATION);
    }

    @Test
    void catchesWhoAcknowledgesEverythingInAdvanceByTheNumbersLeftOut() {
        RudpConnection accepted = connected();
        // An optimistic receiver acknowledges each datagram of the server unseen, the skipped numbers too.
        for (int i = 0; i < 400 && accepted.isOpen(); i++) {
            accepted.send(clock.nowNanos(), Lane.CHAT, new byte[1000]);
            accepted.flush();
            server.pump();
            long largest = i + 1;
            arrive(CLIENT, forge(1000 + i, out -> {
                out.writeByte(Wire.ACK);
                out.writeVarint(largest);
                out.writeVarint(0);
                out.writeByte(0);
                out.writeVarint(largest);
            }));
        }
        assertThat(server.lastCloseCode).isEqualTo(VIOLATION);
    }

    @Test
    void sendsStrangersFewerBytesThanItGotAndKeepsNothing() {
        begin(RudpConfig.defaults());
        int bytesIn = 0;
        for (int i = 0; i < 400; i++) {
            byte[] initial = new byte[1200];
            int length = 1200;
            if (i % 2 == 0) {
                new ClientHandshake(new byte[i % 9], ClearProtector.FACTORY, random).writeInitial(0, initial);
                length = i % 3 == 0 ? 1199 - i : 1200;
            } else {
                random.nextBytes(initial);
                initial[0] = (byte) (0xc0 + i % 8);
            }
            bytesIn += length;
            network.inject(STRANGER, SERVER, Arrays.copyOf(initial, length));
        }
        clock.advanceBy(SECOND);
        int bytesOut = toStranger.stream().mapToInt(answer -> answer.length).sum();
        assertThat(toStranger.size()).isGreaterThan(50);
        assertThat(bytesOut).isLessThan(bytesIn / 5);
        assertThat(server.endpoint.connections()).isZero();
        assertThat(server.endpoint.pool().inUse()).isZero();
        assertThat(server.endpoint.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void answersAFirstDatagramOfAnotherVersionWithACodeAndTheClientBelievesOnlyAPossibleOne() {
        begin(RudpConfig.defaults());
        byte[] initial = new byte[1200];
        new ClientHandshake(new byte[0], ClearProtector.FACTORY, random).writeInitial(0, initial);
        Bytes.putInt(initial, 1, 0x4859_0009);
        arrive(STRANGER, initial);
        assertThat(toStranger).hasSize(1);
        WireReader in = new WireReader(toStranger.get(0)).reset(0, toStranger.get(0).length);
        assertThat(in.readByte()).isEqualTo(Wire.REFUSAL);
        assertThat(in.readByte()).isZero();
        assertThat(in.readLong()).isEqualTo(Bytes.getLong(initial, 5));
        assertThat(in.readShort()).isEqualTo(ReasonCode.UNSUPPORTED_VERSION.number());

        RudpConnection begun = client.connect(server);
        byte[] refusal = toStranger.get(0).clone();
        Bytes.putLong(refusal, 2, Bytes.getLong(fromClient.get(0), 5));
        network.inject(SERVER, CLIENT, refusal);
        clock.advanceBy(MILLI);
        assertThat(begun.core().state()).isEqualTo(ConnectionState.HELLO_SENT);
        Bytes.putInt(refusal, 13, 0x4859_0009);
        network.inject(SERVER, CLIENT, refusal);
        clock.advanceBy(MILLI);
        assertThat(client.lastCloseCode).isEqualTo(ReasonCode.UNSUPPORTED_VERSION.number());
    }

    @Test
    void takesACookieFromItsAddressOnlyAndOnlyForTenSecondsAndOnce() {
        begin(RudpConfig.defaults());
        connection = client.connect(server);
        clock.advanceBy(25 * MILLI);
        byte[] connect = fromClient.get(1);
        assertThat(connect[0] & 0xdf).isEqualTo(Wire.CONNECT);
        // From another address.
        arrive(STRANGER, connect);
        assertThat(dropped(DropReason.BAD_COOKIE)).isEqualTo(1);
        assertThat(server.endpoint.connections()).isZero();
        // The same cookie again finds the same connection.
        arrive(CLIENT, connect);
        arrive(CLIENT, connect);
        assertThat(server.endpoint.connections()).isEqualTo(1);
        clock.advanceBy(SECOND);
        assertThat(connection.isOpen()).isTrue();
        assertThat(server.endpoint.connections()).isEqualTo(1);
        // Used up.
        connection.close(clock.nowNanos(), 210);
        client.pump();
        clock.advanceBy(4 * SECOND);
        assertThat(server.endpoint.connections()).isZero();
        arrive(CLIENT, connect);
        assertThat(server.endpoint.connections()).isZero();
        // Too old, and forgotten.
        clock.advanceBy(10 * SECOND);
        arrive(CLIENT, connect);
        assertThat(server.endpoint.connections()).isZero();
        assertThat(dropped(DropReason.BAD_COOKIE)).isEqualTo(3);
    }

    @Test
    void neverAnswersForAFormerTenantOfASlot() {
        begin(RudpConfig.builder().maxConnections(1).build());
        List<byte[]> old = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            connection = client.connect(server);
            client.send(connection, Lane.CHAT, new byte[] {(byte) i});
            clock.advanceBy(SECOND);
            assertThat(connection.isOpen()).isTrue();
            ids.add(connection.id());
            for (byte[] datagram : old) {
                arrive(STRANGER, datagram);
            }
            old.add(forge(5000, out -> out.writeByte(Wire.PING)));
            if (i < 4) {
                connection.close(clock.nowNanos(), 210);
                client.pump();
                clock.advanceBy(5 * SECOND);
            }
        }
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(ids.stream().map(ConnectionIds::slotOf)).containsOnly(0);
        assertThat(frames).hasSize(5);
        assertThat(connection.isOpen()).isTrue();
        assertThat(toStranger).allMatch(answer -> (answer[0] & 0xff) == Wire.RESET);
    }

    @Test
    void tellsAClientForWhomThereIsNoRoom() {
        begin(RudpConfig.builder().maxConnections(1).build());
        client.connect(server);
        SimPeer second = new SimPeer(
                network,
                "second",
                SimAddress.ipv4("10.0.0.3", 5000),
                RudpEndpoint.client(RudpConfig.defaults(), random, RudpTracer.NONE));
        clock.advanceBy(SECOND);
        second.connect(server);
        clock.advanceBy(SECOND);
        assertThat(second.lastCloseCode).isEqualTo(ReasonCode.TOO_MANY_CONNECTIONS.number());
        assertThat(second.lastCloseByPeer).isTrue();
        assertThat(second.endpoint.connections()).isZero();
    }

    @Test
    void survivesAnyBytesOnBothSides() {
        connected();
        for (int i = 0; i < 30_000; i++) {
            byte[] bytes = new byte[(int) random.between(0, 1500)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && random.chance(0.8)) {
                bytes[0] = (byte) random.between(0x80, 0xff);
            }
            if (bytes.length > 9 && random.chance(0.3)) {
                Bytes.putLong(bytes, 1, connection.id());
            }
            boolean toServer = random.chance(0.5);
            network.inject(toServer ? CLIENT : SERVER, toServer ? SERVER : CLIENT, bytes);
            if (i % 100 == 0) {
                clock.advanceBy(MILLI);
            }
        }
        clock.advanceBy(SECOND);
        for (byte[] datagram : List.copyOf(fromClient)) {
            for (int length = 0; length < datagram.length; length += 1 + datagram.length / 50) {
                arrive(CLIENT, Arrays.copyOf(datagram, length));
            }
        }
        assertThat(connection.isOpen()).isTrue();
        assertThat(server.endpoint.connections()).isEqualTo(1);
        client.send(connection, Lane.CHAT, new byte[10]);
        clock.advanceBy(SECOND);
        assertThat(frames).hasSize(1);
    }

    @Test
    void closesWithACodeOnAuthenticNonsense() {
        int closed = 0;
        for (int round = 0; round < 300; round++) {
            long seed = round;
            RudpAdversaryTest fresh = new RudpAdversaryTest();
            RudpConnection accepted = fresh.connected();
            RandomStream bytes = RandomStream.of(seed, "nonsense");
            byte[] datagram = fresh.forge(2000, out -> {
                int type = (int) bytes.between(0, 0x3f);
                out.writeByte(type);
                for (long left = bytes.between(0, 40); left > 0; left--) {
                    out.writeByte(bytes.nextInt());
                }
            });
            fresh.arrive(CLIENT, datagram);
            fresh.clock.advanceBy(SECOND);
            if (!accepted.isOpen()) {
                closed++;
                if (fresh.server.lastCloseByPeer) {
                    assertThat(datagram).contains(Wire.CLOSE);
                } else {
                    assertThat(fresh.server.lastCloseCode).isEqualTo(VIOLATION);
                }
            }
        }
        assertThat(closed).isGreaterThan(200);
    }

    @Test
    void boundsWhatFragmentsOfMessagesNeverFinishedMayHold() {
        RudpConnection accepted = connected();
        long number = 2000;
        int sent = 0;
        while (accepted.isOpen() && sent < 100_000) {
            int message = sent;
            arrive(CLIENT, forge(number++, out -> {
                for (int i = 0; i < 7; i++) {
                    out.writeByte(Wire.FRAGMENT | 1);
                    out.writeShort(message + i);
                    out.writeVarint(8L * i);
                    out.writeVarint(Wire.GRANULE);
                    out.position += Wire.GRANULE;
                }
            }));
            sent += 7;
        }
        assertThat(server.lastCloseCode).isEqualTo(VIOLATION);
        // 192 bytes of credit each, in a page of 1024.
        assertThat(sent).isLessThanOrEqualTo((256 << 10) / 192 + 14);
        assertThat(server.endpoint.pool().inUse()).isZero();
    }

    @Test
    void boundsWhatItRemembersForAPeerThatAsksForAcksAndGivesNone() {
        RudpConnection accepted = connected();
        network.cut(server.node, client.node, clock.nowNanos(), 100 * SECOND);
        // Enough for CREDIT, which leaves again and again and is never acknowledged.
        for (int i = 0; i < 100; i++) {
            int number = i;
            network.inject(CLIENT, SERVER, forge(10_000 + i, out -> {
                out.writeByte(Wire.MESSAGE | Wire.TO_END);
                out.writeShort(number);
                out.writeBytes(new byte[1000], 0, 1000);
            }));
        }
        long most = 0;
        for (int i = 0; i < 60_000; i++) {
            network.inject(CLIENT, SERVER, forge(10_100 + i, out -> out.writeByte(Wire.PING)));
            if (i % 50 == 0) {
                clock.advanceBy(MILLI);
            }
            most = Math.max(most, accepted.core().packetsRemembered());
        }
        assertThat(accepted.isOpen()).isTrue();
        assertThat(most).isLessThanOrEqualTo(2 * SentPackets.MAX_PACKETS);
    }

    /** Tiny messages, many in a datagram: each datagram that is remembered tells of all of them. */
    @Test
    void boundsWhatItRemembersOfTinyMessagesThatNobodyAcknowledges() {
        RudpConnection accepted = connected();
        arrive(CLIENT, forge(1000, out -> {
            out.writeByte(Wire.CREDIT);
            out.writeVarint(1 << 24);
            out.writeVarint(1 << 24);
        }));
        network.cut(server.node, client.node, clock.nowNanos(), 1000 * SECOND);
        while (accepted.send(clock.nowNanos(), Lane.CHAT, new byte[1])) {
            continue;
        }
        accepted.flush();
        server.pump();
        // That the peer is heard keeps the loss timer from backing off.
        long most = 0;
        for (int i = 0; i < 15_000; i++) {
            network.inject(CLIENT, SERVER, forge(10_000 + i, out -> out.writeByte(Wire.PADDING)));
            clock.advanceBy(MILLI);
            HotState hot = accepted.core().hotOrNull();
            most = Math.max(most, hot == null ? 0 : hot.heldBytes());
        }
        assertThat(accepted.isOpen()).isTrue();
        assertThat(most).isLessThan(5 << 20);
    }

    /** Numbers of messages come round after 65,536: a datagram that somebody kept so long must not pass for a newer one. */
    @ParameterizedTest
    @ValueSource(ints = {5, 1_100})
    void dropsADatagramKeptBackUntilItsNumbersComeRound(int keptBytes) {
        RudpConnection accepted = connected();
        List<byte[]> kept = new ArrayList<>();
        server.passes = datagram -> !kept.isEmpty() || !kept.add(datagram);
        // A short packet number would come round sooner, and the tag be wrong.
        connection.core().largestAcked = -1 << 16;
        int[] said = {0};
        client.send(connection, Lane.CHAT, numbered(said, keptBytes));
        // Now the number that was kept back would be that of a message which may be under way.
        int most = 0x1_0000 - Wire.MAX_MESSAGES_OPEN / 2;
        while (said[0] < most) {
            while (said[0] < most && connection.isWritable(Lane.CHAT)) {
                assertThat(connection.send(clock.nowNanos(), Lane.CHAT, numbered(said, 4)))
                        .isTrue();
            }
            connection.flush();
            client.pump();
            // Never at rest, after which it would take the newest 64 datagrams only.
            server.send(accepted, Lane.CHAT, new byte[1]);
            clock.advanceBy(5 * MILLI);
        }
        long before = dropped(DropReason.DUPLICATE);
        arrive(CLIENT, kept.get(0));
        assertThat(dropped(DropReason.DUPLICATE)).isEqualTo(before + 1);
        assertThat(frames).hasSizeLessThan(0x1_0000);
        for (int i = 0; i < Wire.MAX_MESSAGES_OPEN; i++) {
            client.send(connection, Lane.CHAT, numbered(said, 4));
            clock.advanceBy(MILLI / 2);
        }
        clock.advanceBy(SECOND);
        assertThat(accepted.isOpen()).isTrue();
        assertThat(frames).hasSize(said[0]);
        for (int i = 0; i < said[0]; i++) {
            assertThat(Bytes.getInt(frames.get(i), 0)).isEqualTo(i);
        }
    }

    private static byte[] numbered(int[] said, int length) {
        byte[] frame = new byte[length];
        Bytes.putInt(frame, 0, said[0]++);
        return frame;
    }

    @Test
    void takesOnlyARingForAMessageFarAhead() {
        RudpConnection accepted = connected();
        for (int lane = 0; lane < Wire.LANES; lane++) {
            int code = lane;
            arrive(CLIENT, forge(2000 + lane, out -> {
                out.writeByte(Wire.MESSAGE | Wire.TO_END | code);
                out.writeShort(Wire.MAX_MESSAGES_OPEN - 1);
                out.writeByte(1);
            }));
        }
        assertThat(accepted.isOpen()).isTrue();
        assertThat(accepted.core().hotOrNull().heldBytes()).isLessThan(2 * 12L * Wire.MAX_MESSAGES_OPEN + (16 << 10));
        arrive(CLIENT, forge(2002, out -> {
            out.writeByte(Wire.MESSAGE);
            out.writeShort(Wire.MAX_MESSAGES_OPEN - 1);
            out.writeByte(1);
            out.writeByte(1);
            out.writeByte(Wire.MESSAGE | Wire.FOLLOWS | Wire.TO_END);
            out.writeByte(1);
        }));
        assertThat(server.lastCloseCode).isEqualTo(VIOLATION);
        assertThat(server.endpoint.pool().keptBytes()).isLessThan(32 << 10);
    }

    /** Each second number only: a gap before each datagram, and an answer that tells of as many as it may. */
    @Test
    void answersAFloodOfGapsWithShortAcksFromFixedMemory() {
        RudpConnection accepted = connected();
        int before = fromServer.size();
        long held = 0;
        for (int i = 0; i < 5_000; i++) {
            network.inject(CLIENT, SERVER, forge(1000 + 2L * i, out -> out.writeByte(Wire.PING)));
            if (i % 16 == 0) {
                clock.advanceBy(MILLI);
                HotState hot = accepted.core().hotOrNull();
                held = Math.max(held, hot == null ? 0 : hot.heldBytes());
            }
        }
        assertThat(accepted.isOpen()).isTrue();
        assertThat(fromServer.subList(before, fromServer.size())).allMatch(answer -> answer.length < 100);
        assertThat(held).isLessThan(64 << 10);
    }

    @Test
    void refusesAnAckOfMoreRangesThanItWouldTell() {
        RudpConnection accepted = connected();
        for (int further : new int[] {Wire.MAX_ACK_RANGES - 1, Wire.MAX_ACK_RANGES}) {
            for (int i = 0; i < 4 * Wire.MAX_ACK_RANGES && accepted.isOpen(); i++) {
                accepted.send(clock.nowNanos(), Lane.CHAT, new byte[700]);
                accepted.flush();
                server.pump();
                clock.advanceBy(100 * MILLI);
            }
            long largest = 3L * Wire.MAX_ACK_RANGES;
            arrive(CLIENT, forge(1000 + further, out -> {
                out.writeByte(Wire.ACK);
                out.writeVarint(largest);
                out.writeVarint(0);
                out.writeByte(further);
                out.writeVarint(0);
                for (int i = 0; i < further; i++) {
                    out.writeVarint(0);
                    out.writeVarint(0);
                }
            }));
            assertThat(accepted.isOpen()).as("%d further ranges", further).isEqualTo(further < Wire.MAX_ACK_RANGES);
        }
        assertThat(server.lastCloseCode).isEqualTo(VIOLATION);
    }

    @Test
    void takesNoMemoryForAnnouncedLengths() {
        RudpConnection accepted = connected();
        arrive(CLIENT, forge(2000, out -> {
            out.writeByte(Wire.FRAGMENT | Wire.FINAL);
            out.writeShort(3);
            out.writeVarint(511);
            out.writeVarint(100);
            out.position += 100;
        }));
        assertThat(accepted.isOpen()).isTrue();
        assertThat(accepted.core().lanes.in(0).isEmpty()).isFalse();
        arrive(CLIENT, forge(2001, out -> {
            out.writeByte(Wire.FRAGMENT | Wire.FINAL);
            out.writeShort(4);
            out.writeVarint(60_000);
            out.writeVarint(100);
            out.position += 100;
        }));
        assertThat(server.lastCloseCode).isEqualTo(VIOLATION);
    }

    @Test
    void boundsAFloodOfTinyMessages() {
        RudpConnection accepted = connected();
        accepted.pauseReading();
        long number = 2000;
        int[] sent = {0};
        while (accepted.isOpen() && sent[0] < 100_000) {
            arrive(CLIENT, forge(number++, out -> {
                for (int i = 0; i < 100; i++) {
                    out.writeByte(Wire.MESSAGE | (i == 0 ? 0 : Wire.FOLLOWS));
                    if (i == 0) {
                        out.writeShort(sent[0]);
                    }
                    out.writeByte(5);
                    out.position += 5;
                    sent[0]++;
                }
            }));
        }
        assertThat(server.lastCloseCode).isEqualTo(VIOLATION);
        assertThat(sent[0]).isLessThanOrEqualTo((256 << 10) / 69 + 100);
    }

    @Test
    void movesForTheNewestAuthenticDatagramOnlyWithinThreeTimesItsBytesAndReturnsWithoutProof() {
        RudpConnection accepted = connected();
        // The server has much to say, and somebody on the path takes the client's newest datagram for his own.
        network.cut(client.node, server.node, clock.nowNanos(), MILLI);
        client.send(connection, Lane.CHAT, new byte[20]);
        byte[] stolen = fromClient.get(fromClient.size() - 1);
        arrive(STRANGER, stolen);
        assertThat(server.log).containsExactly("CONNECTED", "MOVED");
        for (int i = 0; i < 200; i++) {
            accepted.send(clock.nowNanos(), Lane.CHAT, new byte[1000]);
        }
        accepted.flush();
        server.pump();
        clock.advanceBy(500 * MILLI);
        int bytes = toStranger.stream().mapToInt(answer -> answer.length).sum();
        assertThat(bytes).isBetween(1, 3 * stolen.length);
        arrive(STRANGER, stolen);
        assertThat(toStranger.stream().mapToInt(answer -> answer.length).sum()).isEqualTo(bytes);
        // Guessed proofs are no proofs.
        for (int i = 0; i < 1000; i++) {
            byte[] guess = new byte[27];
            random.nextBytes(guess);
            guess[0] = (byte) 0x80;
            Bytes.putLong(guess, 1, accepted.id());
            network.inject(STRANGER, SERVER, guess);
        }
        clock.advanceBy(2 * SECOND);
        // Back, since the client itself spoke again, or since the proof was overdue.
        assertThat(server.log).containsExactly("CONNECTED", "MOVED", "MOVED");
        assertThat(accepted.core().remote()).isEqualTo(SimPeer.addressOf(CLIENT));
        clock.advanceBy(5 * SECOND);
        assertThat(accepted.pendingBytes(Lane.CHAT)).isZero();
    }

    @Test
    void asksForTheProofOfAnAddressInEachDatagramThatItsBytesPayFor() {
        RudpConnection accepted = connected();
        for (int i = 0; i < 3; i++) {
            arrive(STRANGER, forge(1000 + i, out -> out.writeByte(Wire.PING)));
            clock.advanceBy(10 * MILLI);
        }
        assertThat(toStranger).hasSizeGreaterThan(1).allMatch(answer -> answer[2] == Wire.PATH_CHALLENGE);
        assertThat(accepted.core().path.needsProof()).isTrue();
    }

    @Test
    void aServerThatAsksForProofInEverySegmentIsAnsweredAndToldOfOnceADatagram() {
        RudpConnection accepted = connected();
        int[] told = {0};
        client.onEvent = event -> told[0] += event.kind() == RudpEvent.MAPPING_LOST ? 1 : 0;
        byte[] datagram = new byte[Wire.MAX_DATAGRAM_BYTES];
        WireWriter out = new WireWriter(datagram);
        accepted.core().names.writeHeader(out, 2000, accepted.core().largestAcked);
        int headerEnd = out.position;
        for (int i = 0; i < 100; i++) {
            out.writeByte(Wire.PATH_CHALLENGE);
            out.writeLong(random.nextLong());
        }
        int end = accepted.core().protector().seal(2000, datagram, headerEnd, out.position);
        int answers = fromClient.size();
        network.inject(SERVER, CLIENT, Arrays.copyOf(datagram, end));
        clock.advanceBy(MILLI);
        assertThat(told[0]).isEqualTo(1);
        assertThat(fromClient).hasSize(answers + 1);
        network.inject(SERVER, CLIENT, Arrays.copyOf(datagram, end));
        clock.advanceBy(MILLI);
        assertThat(told[0]).as("a replay tells nothing").isEqualTo(1);
    }

    @Test
    void aClientListensToItsServersAddressOnly() {
        connected();
        server.connected.get(0).send(clock.nowNanos(), Lane.CHAT, new byte[10]);
        server.connected.get(0).flush();
        int before = fromServer.size();
        server.pump();
        byte[] datagram = fromServer.get(before);
        network.inject(STRANGER, CLIENT, datagram);
        clock.advanceBy(MILLI);
        assertThat(client.endpoint.stats().dropped(DropReason.WRONG_ADDRESS)).isEqualTo(1);
    }

    @Test
    void answersWhoGoesOnSpeakingToAClosedConnectionWithinBounds() {
        RudpConnection accepted = connected();
        accepted.close(clock.nowNanos(), 209);
        server.pump();
        int before = fromServer.size();
        for (int i = 0; i < 100; i++) {
            network.inject(CLIENT, SERVER, forge(3000 + i, out -> out.writeByte(Wire.PING)));
        }
        clock.advanceBy(MILLI);
        assertThat(fromServer.size() - before).isBetween(1, 6);
        assertThat(dropped(DropReason.CLOSED)).isEqualTo(100);
    }

    @Test
    void namesTheLoopAWrongDatagramBelongsTo() {
        RudpConnection accepted = connected();
        ByteBuffer datagram = ByteBuffer.wrap(forge(2000, out -> out.writeByte(Wire.PING)));
        assertThat(RudpEndpoint.loopOf(datagram)).isEqualTo(ConnectionIds.loopOf(accepted.id()));
        byte[] elsewhere = datagram.array().clone();
        elsewhere[1] = 3;
        arrive(CLIENT, elsewhere);
        assertThat(dropped(DropReason.WRONG_LOOP)).isEqualTo(1);
    }
}
