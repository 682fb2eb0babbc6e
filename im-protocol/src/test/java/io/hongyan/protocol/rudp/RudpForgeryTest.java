// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.rudp.AttackRange.Attack;
import io.hongyan.protocol.rudp.AttackRange.Outcome;
import io.hongyan.protocol.rudp.AttackRange.Talk;
import io.hongyan.simnet.SimAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Nobody speaks for another: what a stranger sends, guessed or copied, ends, moves and feeds nobody. Each test prints
 * what the attacked side counted, as a line that begins with FORGERY; {@code docs/performance/hostile.md} shows them.
 */
class RudpForgeryTest {
    private static final long MILLI = AttackRange.MILLI;
    private static final long SECOND = AttackRange.SECOND;
    private static final SimAddress SERVER = AttackRange.SERVER;
    private static final SimAddress ALICE = AttackRange.ALICE;
    private static final SimAddress BOB = AttackRange.BOB;
    private static final SimAddress STRANGER = AttackRange.STRANGER;

    private AttackRange range = new AttackRange(1, RudpConfig.defaults());

    // Guesses.

    @Test
    void guessedIds() {
        Talk alice = range.talk(range.alice);
        Attack attack = range.attack("guessed ids");
        for (int i = 0; i < 100_000; i++) {
            byte[] guess = range.guess(9 + i % 100);
            guess[0] = (byte) (Wire.SHORT | i & (Wire.ANSWER_NOW | Wire.PACKET_NUMBER_LENGTH_MASK));
            guess[1] = 0;
            attack.send(STRANGER, guess);
        }
        Outcome outcome = attack.over();
        // A guess in a million passes the check of ids; those too short for a packet number are none of ours.
        assertThat(outcome.dropped(DropReason.FORGED_ID) + outcome.dropped(DropReason.NOT_OURS))
                .isGreaterThanOrEqualTo(99_998);
        assertThat(outcome.moves() + outcome.accepted()).isZero();
        alice.assertUnharmed();
    }

    @Test
    void guessedGenerationsAndChecksOfALiveSlot() {
        Talk alice = range.talk(range.alice);
        Attack attack = range.attack("guessed id of a slot in use");
        for (int i = 0; i < 100_000; i++) {
            byte[] guess = range.guess(60);
            guess[0] = (byte) Wire.SHORT;
            Bytes.putLong(guess, 1, alice.far.id() & 0xffff_ffff_0000_0000L | range.random.nextInt() & 0xffff_ffffL);
            attack.send(STRANGER, guess);
        }
        Outcome outcome = attack.over();
        assertThat(outcome.dropped(DropReason.FORGED_ID)).isGreaterThanOrEqualTo(99_998);
        assertThat(outcome.moves() + outcome.accepted()).isZero();
        alice.assertUnharmed();
    }

    @Test
    void guessedTagsUnderARightId() {
        Talk alice = range.talk(range.alice);
        Attack attack = range.attack("right id, guessed content and tag");
        for (int i = 0; i < 50_000; i++) {
            byte[] guess = range.guess(30 + i % 60);
            guess[0] = (byte) (Wire.SHORT | i & Wire.PACKET_NUMBER_LENGTH_MASK);
            Bytes.putLong(guess, 1, alice.far.id());
            attack.send(i % 2 == 0 ? STRANGER : ALICE, guess);
        }
        attack.over().assertAllDropped(DropReason.NOT_AUTHENTIC);
        alice.assertUnharmed();
    }

    @Test
    void forgedAcksAndClosesToEitherSide() {
        Talk alice = range.talk(range.alice);
        alice.far.send(range.clock.nowNanos(), Lane.CHAT, new byte[100]);
        alice.far.flush();
        byte[][] payloads = {
            {Wire.CLOSE, 1}, {Wire.ACK, 0, 0, 0, 0}, {Wire.ACK, 5, 0, 0, 5}, {Wire.ACK, 0x3f, 0, 0, 0x3f}
        };
        Attack onServer = range.attack("forged ACK and CLOSE to the server");
        Attack onClient = range.attackOn(range.alice, "forged ACK and CLOSE to the client");
        for (int i = 0; i < 20_000; i++) {
            byte[] payload = payloads[i % payloads.length];
            byte[] toServer = range.guess(1 + 8 + 1 + payload.length + 8);
            toServer[0] = (byte) Wire.SHORT;
            Bytes.putLong(toServer, 1, alice.far.id());
            toServer[9] = (byte) (i / 4);
            System.arraycopy(payload, 0, toServer, 10, payload.length);
            onServer.send(ALICE, toServer);
            byte[] toClient = range.guess(1 + 1 + payload.length + 8);
            toClient[0] = (byte) Wire.SHORT;
            toClient[1] = (byte) (i / 4);
            System.arraycopy(payload, 0, toClient, 2, payload.length);
            onClient.send(SERVER, toClient);
        }
        onServer.over().assertAllDropped(DropReason.NOT_AUTHENTIC);
        onClient.over().assertAllDropped(DropReason.NOT_AUTHENTIC);
        alice.assertUnharmed();
    }

    @Test
    void forgedResets() {
        Talk alice = range.talk(range.alice);
        byte[] reset = new byte[Wire.RESET_BYTES];
        reset[0] = (byte) Wire.RESET;
        Bytes.putLong(reset, 1, alice.far.id());
        Attack onClient = range.attackOn(range.alice, "forged resets to the client");
        for (int i = 0; i < 50_000; i++) {
            Bytes.putLong(reset, 9, range.random.nextLong());
            onClient.send(SERVER, reset);
        }
        // The right token, but from elsewhere.
        Bytes.putLong(reset, 9, alice.near.core().names.resetToken());
        onClient.send(STRANGER, reset);
        onClient.over().assertAllDropped(DropReason.BAD_RESET);
        Attack onServer = range.attack("resets to the server");
        for (int i = 0; i < 1_000; i++) {
            onServer.send(ALICE, reset);
        }
        onServer.over().assertAllDropped(DropReason.WRONG_KIND);
        alice.assertUnharmed();
    }

    @Test
    void flippedBitsOfEachByteInBothDirections() {
        Talk alice = range.talk(range.alice);
        byte[] toServer = range.last(ALICE);
        byte[] toClient = range.last(SERVER);
        Attack onServer = range.attack("flipped bits, to the server");
        flips(toServer).forEach(harmed -> onServer.send(STRANGER, harmed));
        // Flips of the first byte and the loop's make it another kind of datagram, those of the id a forged id.
        onServer.over()
                .assertAllDropped(
                        DropReason.NOT_AUTHENTIC,
                        DropReason.FORGED_ID,
                        DropReason.WRONG_LOOP,
                        DropReason.NOT_OURS,
                        DropReason.MALFORMED_HANDSHAKE);
        Attack onClient = range.attackOn(range.alice, "flipped bits, to the client");
        flips(toClient).forEach(harmed -> onClient.send(SERVER, harmed));
        onClient.over().assertAllDropped(DropReason.NOT_AUTHENTIC, DropReason.NOT_OURS, DropReason.WRONG_KIND);
        alice.assertUnharmed();
    }

    @Test
    void flippedBitsOfTheHandshake() {
        range.network.cut(range.server.node, range.alice.node, 0, SECOND);
        RudpConnection near = range.alice.connect(range.server);
        range.clock.advanceBy(20 * MILLI);
        byte[] cookie = range.last(SERVER);
        Attack onClient = range.attackOn(range.alice, "flipped bits of COOKIE");
        flips(cookie).forEach(harmed -> onClient.send(SERVER, harmed));
        onClient.over()
                .assertAllDropped(
                        DropReason.MALFORMED_HANDSHAKE,
                        DropReason.UNKNOWN_CONNECTION,
                        DropReason.CLOSED,
                        DropReason.NOT_OURS,
                        DropReason.WRONG_KIND);
        assertThat(near.core().state()).isEqualTo(ConnectionState.HELLO_SENT);
        range.network.cut(range.alice.node, range.server.node, range.clock.nowNanos(), SECOND);
        range.network.inject(SERVER, ALICE, cookie);
        range.clock.advanceBy(MILLI);
        byte[] connect = range.last(ALICE);
        assertThat(connect[0] & 0xdf).isEqualTo(Wire.CONNECT);
        Attack onServer = range.attack("flipped bits of CONNECT");
        flips(connect).forEach(harmed -> onServer.send(ALICE, harmed));
        Outcome outcome = onServer.over();
        assertThat(outcome.dropped(DropReason.BAD_COOKIE)
                        + outcome.dropped(DropReason.NOT_AUTHENTIC)
                        + outcome.dropped(DropReason.MALFORMED_HANDSHAKE)
                        + outcome.dropped(DropReason.WRONG_KIND)
                        + outcome.dropped(DropReason.NOT_OURS)
                        + outcome.dropped(DropReason.FORGED_ID)
                        + outcome.dropped(DropReason.WRONG_LOOP))
                .isEqualTo(outcome.datagrams());
        assertThat(range.server.endpoint.connections()).isZero();
    }

    private static List<byte[]> flips(byte[] datagram) {
        List<byte[]> all = new ArrayList<>();
        for (int bit = 0; bit < datagram.length * 8; bit++) {
            byte[] harmed = datagram.clone();
            harmed[bit / 8] ^= (byte) (1 << bit % 8);
            all.add(harmed);
        }
        return all;
    }

    // Replays.

    @Test
    void replaysOfEverything() {
        Talk alice = range.talk(range.alice);
        Talk bob = range.talk(range.bob);
        for (int i = 0; i < 50; i++) {
            alice.say();
        }
        List<byte[]> all = List.copyOf(range.sentBy.get(ALICE));
        Attack once = range.attack("replays, each once, from elsewhere");
        all.forEach(datagram -> once.send(STRANGER, datagram));
        assertReplaysWereDropped(once.over());
        Attack often = range.attack("replays, each 100 times, in the client's name");
        for (int i = 0; i < 100; i++) {
            all.forEach(datagram -> often.send(ALICE, datagram));
        }
        assertReplaysWereDropped(often.over());
        Attack byBob = range.attack("replays, from another client's address");
        all.forEach(datagram -> byBob.send(BOB, datagram));
        assertReplaysWereDropped(byBob.over());
        Attack toBob = range.attack("replays, addressed to another client's connection");
        for (byte[] datagram : all) {
            if ((datagram[0] & Wire.SHORT_MASK) == Wire.SHORT) {
                byte[] readdressed = datagram.clone();
                Bytes.putLong(readdressed, 1, bob.far.id());
                toBob.send(BOB, readdressed);
                toBob.send(STRANGER, readdressed);
            }
        }
        toBob.over().assertAllDropped(DropReason.NOT_AUTHENTIC);
        Attack toClient = range.attackOn(range.alice, "replays of the server's datagrams");
        for (int i = 0; i < 20; i++) {
            List.copyOf(range.sentBy.get(SERVER)).forEach(datagram -> toClient.send(SERVER, datagram));
        }
        toClient.over().assertAllDropped(DropReason.DUPLICATE, DropReason.NOT_AUTHENTIC, DropReason.UNKNOWN_CONNECTION);
        alice.assertUnharmed();
        bob.assertUnharmed();
    }

    /** All but first datagrams, which may be answered again, with less, and leave nothing behind. */
    private static void assertReplaysWereDropped(Outcome outcome) {
        assertThat(outcome.dropped(DropReason.DUPLICATE)
                        + outcome.dropped(DropReason.NOT_AUTHENTIC)
                        + outcome.cookies())
                .isEqualTo(outcome.datagrams());
        assertThat(outcome.dropped(DropReason.DUPLICATE)).isPositive();
        assertThat(outcome.moves() + outcome.accepted() + outcome.connectionsMore())
                .isZero();
        assertThat(outcome.bytesToStrangers()).isLessThan(outcome.bytes());
    }

    @Test
    void replaysAfterTheEnd() {
        Talk alice = range.talk(range.alice);
        Talk bob = range.talk(range.bob);
        List<byte[]> all = List.copyOf(range.sentBy.get(ALICE));
        alice.near.close(range.clock.nowNanos(), 210);
        range.alice.pump();
        range.clock.advanceBy(15 * MILLI);
        Attack closing = range.attack("replays while the connection closes");
        all.forEach(datagram -> closing.send(STRANGER, datagram));
        Outcome closingOutcome = closing.over();
        assertThat(closingOutcome.dropped(DropReason.CLOSED)).isPositive();
        assertThat(closingOutcome.accepted() + closingOutcome.moves()).isZero();
        range.clock.advanceBy(5 * SECOND);
        assertThat(range.server.endpoint.connections()).isEqualTo(1);
        Attack closed = range.attack("replays after the connection closed");
        all.forEach(datagram -> closed.send(STRANGER, datagram));
        Outcome outcome = closed.over();
        assertThat(outcome.resets()
                        + outcome.cookies()
                        + outcome.dropped(DropReason.BAD_COOKIE)
                        + outcome.dropped(DropReason.RESET_LIMITED))
                .isEqualTo(outcome.datagrams());
        assertThat(outcome.bytesToStrangers()).isLessThan(outcome.bytes());
        assertThat(range.server.endpoint.connections()).isEqualTo(1);
        bob.assertUnharmed();
    }

    @Test
    void replaysOfTheHandshake() {
        range.network.cut(range.alice.node, range.server.node, 15 * MILLI, 200 * MILLI);
        RudpConnection near = range.alice.connect(range.server);
        range.clock.advanceBy(25 * MILLI);
        byte[] initial = range.sentBy.get(ALICE).get(0);
        byte[] connect = range.last(ALICE);
        assertThat(connect[0] & 0xdf).isEqualTo(Wire.CONNECT);
        Attack first = range.attack("INITIAL, 1,000 times");
        for (int i = 0; i < 1_000; i++) {
            first.send(i % 2 == 0 ? ALICE : STRANGER, initial);
        }
        Outcome cookies = first.over();
        assertThat(cookies.cookies()).isEqualTo(1_000);
        assertThat(range.server.endpoint.connections()).isZero();
        assertThat(cookies.bytesToStrangers()).isLessThan(first.bytesFrom(STRANGER) / 5);

        Attack ahead = range.attack("CONNECT ahead of its client, from elsewhere");
        for (int i = 0; i < 1_000; i++) {
            ahead.send(STRANGER, connect);
        }
        ahead.over().assertAllDropped(DropReason.BAD_COOKIE);
        assertThat(range.server.endpoint.connections()).isZero();

        Attack again = range.attack("the same cookie, 1,000 times");
        for (int i = 0; i < 1_000; i++) {
            again.send(i % 2 == 0 ? ALICE : STRANGER, connect);
        }
        Outcome twice = again.over();
        assertThat(twice.accepted()).isEqualTo(1);
        assertThat(twice.dropped(DropReason.DUPLICATE)).isEqualTo(999);
        assertThat(twice.moves() + twice.bytesToStrangers()).isZero();
        assertThat(range.server.endpoint.connections()).isEqualTo(1);
        range.clock.advanceBy(SECOND);
        assertThat(near.isOpen()).isTrue();

        near.close(range.clock.nowNanos(), 210);
        range.alice.pump();
        range.clock.advanceBy(5 * SECOND);
        Attack spent = range.attack("a cookie that was used up");
        for (int i = 0; i < 1_000; i++) {
            spent.send(ALICE, connect);
        }
        spent.over().assertAllDropped(DropReason.BAD_COOKIE);
        range.clock.advanceBy(10 * SECOND);
        // Another handshake makes the server forget cookies that are too old to be good.
        Talk bob = range.talk(range.bob);
        Attack old = range.attack("a cookie older than 10 s");
        for (int i = 0; i < 1_000; i++) {
            old.send(ALICE, connect);
        }
        old.over().assertAllDropped(DropReason.BAD_COOKIE);
        assertThat(range.server.endpoint.connections()).isEqualTo(1);
        bob.assertUnharmed();
    }

    // Slots used again.

    @Test
    void anIdAfterItsSlotWasUsedAgain() {
        range = new AttackRange(2, RudpConfig.builder().maxConnections(1).build());
        Talk alice = range.talk(range.alice);
        long formerId = alice.far.id();
        List<byte[]> former = new ArrayList<>(range.sentBy.get(ALICE));
        for (int i = 0; i < 100; i++) {
            former.add(alice.forge(1_000 + i, out -> out.writeByte(Wire.PING)));
            former.add(alice.forge(2_000 + i, out -> {
                out.writeByte(Wire.CLOSE);
                out.writeVarint(1);
            }));
        }
        byte[] reset = new byte[Wire.RESET_BYTES];
        reset[0] = (byte) Wire.RESET;
        Bytes.putLong(reset, 9, alice.near.core().names.resetToken());
        alice.close();
        Talk bob = range.talk(range.bob);
        assertThat(ConnectionIds.slotOf(bob.far.id())).isEqualTo(ConnectionIds.slotOf(formerId));
        assertThat(bob.far.id()).isNotEqualTo(formerId);

        Attack byId = range.attack("the former tenant's datagrams");
        former.forEach(datagram -> byId.send(ALICE, datagram));
        Outcome outcome = byId.over();
        assertThat(outcome.resets() + outcome.cookies() + outcome.dropped(DropReason.BAD_COOKIE))
                .isEqualTo(outcome.datagrams());
        bob.assertUnharmed();
        Attack byKey = range.attack("the former tenant's datagrams under the new id");
        for (byte[] datagram : former) {
            if ((datagram[0] & Wire.SHORT_MASK) == Wire.SHORT) {
                byte[] renamed = datagram.clone();
                Bytes.putLong(renamed, 1, bob.far.id());
                byKey.send(BOB, renamed);
            }
        }
        byKey.over().assertAllDropped(DropReason.NOT_AUTHENTIC);
        Attack onClient = range.attackOn(range.bob, "the former tenant's reset token");
        Bytes.putLong(reset, 1, bob.far.id());
        onClient.send(SERVER, reset);
        onClient.over().assertAllDropped(DropReason.BAD_RESET);
        bob.assertUnharmed();
    }

    @Test
    void aTokenKeptUntilItsIdComesAgain() {
        range = new AttackRange(3, RudpConfig.builder().maxConnections(1).build());
        Map<Long, Long> kept = new HashMap<>();
        SimPeer collector = range.client("collector", STRANGER);
        for (int generation = 0; generation <= ConnectionIds.GENERATION_MASK; generation++) {
            RudpConnection connection = collector.connect(range.server);
            range.clock.advanceBy(50 * MILLI);
            kept.put(connection.id(), connection.core().names.resetToken());
            connection.close(range.clock.nowNanos(), 210);
            collector.pump();
            range.clock.advanceBy(5 * SECOND);
        }
        assertThat(kept).hasSize(ConnectionIds.GENERATION_MASK + 1);
        Talk alice = range.talk(range.alice);
        assertThat(kept).containsKey(alice.far.id());
        Attack attack = range.attackOn(range.alice, "reset tokens of all former tenants of the slot");
        kept.forEach((id, token) -> {
            byte[] reset = new byte[Wire.RESET_BYTES];
            reset[0] = (byte) Wire.RESET;
            Bytes.putLong(reset, 1, id);
            Bytes.putLong(reset, 9, token);
            attack.send(SERVER, reset);
        });
        Outcome outcome = attack.over();
        outcome.assertAllDropped(DropReason.BAD_RESET, DropReason.UNKNOWN_CONNECTION);
        assertThat(outcome.dropped(DropReason.BAD_RESET)).isEqualTo(1);
        alice.assertUnharmed();
    }

    // Addresses.

    @Test
    void copiesThatArriveFromAnotherAddress() {
        Talk alice = range.talk(range.alice);
        Attack attack = range.attack("off the path: a copy behind each original");
        for (int i = 0; i < 200; i++) {
            int before = range.sentBy.get(ALICE).size();
            alice.say();
            List<byte[]> sent = range.sentBy.get(ALICE);
            for (byte[] copy : List.copyOf(sent.subList(before, sent.size()))) {
                attack.send(STRANGER, copy);
            }
        }
        attack.over().assertAllDropped(DropReason.DUPLICATE);
        alice.assertUnharmed();
    }

    @Test
    void copiesThatArriveFromAnotherAddressAheadOfTheOriginal() {
        Talk alice = range.talk(range.alice);
        Attack attack = range.attack("on the path: a copy ahead of each original");
        int copies = 20;
        for (int i = 0; i < copies; i++) {
            alice.near.send(range.clock.nowNanos(), Lane.CHAT, numbered(1 + i));
            alice.near.flush();
            int before = range.sentBy.get(ALICE).size();
            range.alice.pump();
            attack.send(STRANGER, range.sentBy.get(ALICE).get(before));
            // The server has much to say, and says it where it believes the client to be.
            for (int j = 0; j < 20; j++) {
                alice.far.send(range.clock.nowNanos(), Lane.CHAT, new byte[1_000]);
            }
            alice.far.flush();
            range.clock.advanceBy(10 * SECOND);
            assertThat(attack.answered(STRANGER)).isLessThanOrEqualTo(3 * attack.bytesFrom(STRANGER));
            assertThat(alice.far.core().remote()).isEqualTo(SimPeer.addressOf(ALICE));
        }
        Outcome outcome = attack.over();
        assertThat(outcome.moves()).isEqualTo(2L * copies);
        assertThat(alice.near.isOpen()).isTrue();
        assertThat(alice.far.isOpen()).isTrue();
        assertThat(range.frames.get(alice.far)).hasSize(1 + copies);
        assertThat(alice.far.pendingBytes(Lane.CHAT)).isZero();
    }

    private static byte[] numbered(int number) {
        byte[] frame = new byte[20];
        Bytes.putInt(frame, 0, number);
        return frame;
    }

    @Test
    void aClientThatClaimsOneAddressAfterAnother() {
        Talk alice = range.talk(range.alice);
        // It would close on acks of numbers that the test used in its name.
        range.network.cut(range.server.node, range.alice.node, range.clock.nowNanos(), 100 * SECOND);
        for (int i = 0; i < 100; i++) {
            alice.far.send(range.clock.nowNanos(), Lane.CHAT, new byte[1_000]);
        }
        Attack attack = range.attack("a client that claims 200 addresses it does not have");
        SimAddress[] claimed = new SimAddress[200];
        for (int i = 0; i < claimed.length; i++) {
            claimed[i] = SimAddress.ipv4("10.7.0." + i % 20, 1_000 + i % 40);
            attack.send(claimed[i], alice.forge(10_000 + i, out -> out.writeByte(Wire.PING)));
            if (i % 3 == 0) {
                range.clock.advanceBy(200 * MILLI);
            }
        }
        range.clock.advanceBy(5 * SECOND);
        assertThat(attack.over().moves()).isGreaterThan(100);
        for (SimAddress address : claimed) {
            assertThat(attack.answered(address)).isLessThanOrEqualTo(3 * attack.bytesFrom(address));
        }
        assertThat(alice.far.core().remote()).isEqualTo(SimPeer.addressOf(ALICE));
        assertThat(alice.far.core().path.needsProof()).isFalse();
    }

    @Test
    void theEndIsNotToldToAnAddressThatPaidForLess() {
        Talk alice = range.talk(range.alice);
        Attack attack = range.attack("the end of a connection at an address without proof");
        attack.send(STRANGER, alice.forge(10_000, out -> out.writeByte(Wire.PADDING)));
        range.clock.advanceBy(MILLI);
        alice.far.close(range.clock.nowNanos(), ReasonCode.KICKED.number());
        range.server.pump();
        for (int i = 0; i < 20; i++) {
            attack.send(ALICE, alice.forge(10_001 + i, out -> out.writeByte(Wire.PING)));
            range.clock.advanceBy(10 * MILLI);
        }
        range.clock.advanceBy(5 * SECOND);
        Outcome outcome = attack.over();
        assertThat(outcome.moves()).isEqualTo(1);
        assertThat(outcome.dropped(DropReason.CLOSED)).isEqualTo(20);
        assertThat(attack.answered(STRANGER)).isLessThanOrEqualTo(3 * attack.bytesFrom(STRANGER));
    }

    // Half-open handshakes.

    @Test
    void strangersLeaveNothingAndGetNoMoreThanTheySent() {
        Talk gone = range.talk(range.bob);
        byte[] dead = gone.forge(9_000, out -> out.writeByte(Wire.PING));
        gone.close();
        range.clock.advanceBy(20 * SECOND);
        Attack attack = range.attack("100,000 datagrams of strangers: half-open, cut, forged, dead");
        for (int i = 0; i < 100_000; i++) {
            SimAddress from = SimAddress.ipv4("10.8." + i % 250 + "." + i % 7, 1_024 + i % 60_000);
            byte[] datagram = strangerDatagram(i, dead);
            attack.send(from, datagram);
            // The whole history of an address, not only its end.
            if (i % 64 == 63) {
                assertThat(attack.answered(from)).isLessThanOrEqualTo(attack.bytesFrom(from));
            }
        }
        Outcome outcome = attack.over();
        range.bytesTo.keySet().stream()
                .filter(address -> attack.bytesFrom(address) > 0)
                .forEach(
                        address -> assertThat(attack.answered(address)).isLessThanOrEqualTo(attack.bytesFrom(address)));
        assertThat(outcome.cookies()).isGreaterThan(15_000);
        assertThat(outcome.accepted()).isZero();
        assertThat(range.server.endpoint.connections()).isZero();
        assertThat(range.server.endpoint.pool().inUse()).isZero();
        assertThat(range.server.endpoint.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    private byte[] strangerDatagram(int number, byte[] dead) {
        byte[] initial = new byte[RudpConfig.DATAGRAM_BYTES];
        new ClientHandshake(range.guess(number % 9), ClearProtector.FACTORY, range.random).writeInitial(0, initial);
        switch (number % 8) {
            case 0, 1:
                return initial;
            case 2:
                return Arrays.copyOf(initial, (int) range.random.between(1, 1_199));
            case 3:
                initial[1 + range.random.nextInt(0, 30)] ^= (byte) range.random.nextInt();
                return initial;
            case 4:
                byte[] connect = range.guess((int) range.random.between(30, 1_200));
                connect[0] = (byte) Wire.CONNECT;
                Bytes.putInt(connect, 1, Wire.VERSION);
                connect[5] = 0;
                connect[6] = (byte) range.random.between(8, 120);
                return connect;
            case 5:
                return Arrays.copyOf(dead, (int) range.random.between(11, dead.length));
            case 6:
                byte[] shortHeader = range.guess((int) range.random.between(1, 100));
                shortHeader[0] = (byte) Wire.SHORT;
                return shortHeader;
            default:
                return range.guess((int) range.random.between(1, 1_500));
        }
    }
}
