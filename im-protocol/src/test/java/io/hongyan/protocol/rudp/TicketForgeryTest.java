// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.SimAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What others can do with tickets: forged, copied, sent again, sent in somebody's name. Each test prints what the server
 * counted, as a line that begins with FORGERY.
 */
@Tag("once")
class TicketForgeryTest {
    private static final long MILLI = AttackRange.MILLI;
    private static final long SECOND = AttackRange.SECOND;
    private static final byte[] LOGIN = new byte[200];

    private final AttackRange range = new AttackRange(9, RudpConfig.defaults());

    private int mutes;

    private RudpTicket ticketOf(SimPeer client) {
        range.talk(client).close();
        range.frames.clear();
        return client.tickets.remove(0);
    }

    private int heard() {
        return range.frames.values().stream().mapToInt(List::size).sum();
    }

    /** What alice would send with the ticket, and has not sent. */
    private byte[] resumeOf(RudpTicket ticket) {
        SimPeer mute = range.client("mute " + mutes, SimAddress.ipv4("10.0.9.9", 1 + mutes++));
        range.network.cut(mute.node, range.server.node, 0, Long.MAX_VALUE / 2);
        mute.resume(range.server, ticket, LOGIN);
        return range.last(mute.node.address());
    }

    @Test
    void flippedBits() {
        RudpTicket ticket = ticketOf(range.alice);
        byte[] resume = resumeOf(ticket);
        AttackRange.Attack attack = range.attack("flipped bits of RESUME");
        for (int bit = 0; bit < 300 * 8; bit++) {
            byte[] harmed = resume.clone();
            harmed[bit / 8] ^= (byte) (1 << bit % 8);
            attack.send(AttackRange.STRANGER, harmed);
        }
        AttackRange.Outcome outcome = attack.over();
        assertThat(outcome.accepted() + outcome.connectionsMore()).isZero();
        assertThat(outcome.cookies()).as("a ticket that does not open").isGreaterThan(600);
        assertThat(outcome.dropped(DropReason.NOT_AUTHENTIC))
                .as("one that does")
                .isGreaterThan(1_000);
        assertThat(outcome.bytesToStrangers()).isLessThan(outcome.bytes() / 5);
        assertThat(range.server.endpoint.stats().ticketsTaken()).isZero();
        // None of them has used the ticket up.
        RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(10 * MILLI);
        assertThat(heard()).isEqualTo(1);
        range.clock.advanceBy(SECOND);
        assertThat(near.isOpen()).isTrue();
    }

    @Test
    void guessedTickets() {
        AttackRange.Attack attack = range.attack("guessed tickets");
        for (int i = 0; i < 10_000; i++) {
            RudpTicket guess = new RudpTicket(
                    range.guess(i % 10 == 0 ? 1 + i % 200 : ServerTickets.BYTES),
                    range.guess(Wire.RESUMPTION_SECRET_BYTES),
                    Long.MAX_VALUE,
                    1);
            guess.ticket()[0] = 0;
            ClientHandshake handshake = new ClientHandshake(new byte[i % 9], ClearProtector.FACTORY, range.random);
            Protector protector = handshake.resume(0, guess);
            byte[] datagram = new byte[RudpConfig.DATAGRAM_BYTES];
            WireWriter out = new WireWriter(datagram);
            handshake.writeHeader(out, 0);
            protector.seal(0, datagram, out.position, RudpConfig.DATAGRAM_BYTES - protector.overheadBytes());
            attack.send(AttackRange.STRANGER, datagram);
        }
        AttackRange.Outcome outcome = attack.over();
        assertThat(outcome.accepted() + outcome.connectionsMore()).isZero();
        assertThat(outcome.cookies()).isEqualTo(10_000);
        assertThat(outcome.bytesToStrangers()).isLessThan(outcome.bytes() / 5);
    }

    @Test
    void shortDatagrams() {
        byte[] resume = resumeOf(ticketOf(range.alice));
        AttackRange.Attack attack = range.attack("RESUME cut short");
        for (int length = 1; length < resume.length; length++) {
            attack.send(AttackRange.STRANGER, java.util.Arrays.copyOf(resume, length));
        }
        attack.over().assertAllDropped(DropReason.MALFORMED_HANDSHAKE);
    }

    /** Bob has seen alice's ticket, but not what it was made with. */
    @Test
    void aTicketWithoutItsSecretIsWorthNothing() {
        RudpTicket alices = ticketOf(range.alice);
        RudpTicket bobs = ticketOf(range.bob);
        RudpTicket stolen = new RudpTicket(alices.ticket(), bobs.secret(), Long.MAX_VALUE, MILLI);
        RudpConnection bob = range.bob.resume(range.server, stolen, LOGIN);
        range.clock.advanceBy(900 * MILLI);
        assertThat(heard()).isZero();
        assertThat(range.server.endpoint.connections()).isZero();
        range.clock.advanceBy(SECOND);
        assertThat(bob.isOpen()).as("by the handshake that anybody may begin").isTrue();
        range.frames.clear();
        range.alice.resume(range.server, alices, LOGIN);
        range.clock.advanceBy(10 * MILLI);
        assertThat(heard()).isEqualTo(1);
        assertThat(range.server.endpoint.stats().ticketsTaken()).isEqualTo(1);
    }

    @Test
    void replaysFindTheConnectionOrNothing() {
        RudpTicket ticket = ticketOf(range.alice);
        RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
        byte[] resume = range.last(AttackRange.ALICE);
        range.clock.advanceBy(SECOND);
        AttackRange.Attack alive = range.attack("RESUME again, while its connection lives");
        for (int i = 0; i < 1_000; i++) {
            alive.send(i % 2 == 0 ? AttackRange.ALICE : AttackRange.STRANGER, resume);
        }
        AttackRange.Outcome outcome = alive.over();
        outcome.assertAllDropped(DropReason.DUPLICATE);
        assertThat(heard()).isEqualTo(1);

        near.close(range.clock.nowNanos(), 210);
        range.alice.pump();
        range.clock.advanceBy(5 * SECOND);
        assertReplaysAreNothing("RESUME again, its connection closed", resume);
        range.clock.advanceBy(60 * SECOND);
        assertReplaysAreNothing("RESUME again, a minute later", resume);
        range.server.endpoint = RudpEndpoint.server(
                RudpConfig.defaults(), ServerSecret.random(range.random), 0, range.random, RudpTracer.NONE);
        assertReplaysAreNothing("RESUME again, to a restarted server", resume);
        assertThat(heard()).isEqualTo(1);
    }

    private void assertReplaysAreNothing(String name, byte[] resume) {
        AttackRange.Attack attack = range.attack(name);
        for (int i = 0; i < 1_000; i++) {
            attack.send(i % 2 == 0 ? AttackRange.ALICE : AttackRange.STRANGER, resume);
        }
        AttackRange.Outcome outcome = attack.over();
        assertThat(outcome.cookies()).isEqualTo(1_000);
        assertThat(outcome.accepted() + outcome.connectionsMore() + outcome.moves())
                .isZero();
        assertThat(outcome.bytesToStrangers()).isLessThan(attack.bytesFrom(AttackRange.STRANGER) / 5);
    }

    /** Who copies the datagram and is quicker has its answer, as long as it is; the client goes on all the same. */
    @Test
    void aCopyThatIsAheadOfItsClientHoldsItUpForATimeout() {
        RudpTicket ticket = ticketOf(range.alice);
        byte[][] copied = new byte[1][];
        range.network.observe((nowNanos, from, to, datagram) -> {
            byte[] bytes = new byte[datagram.remaining()];
            datagram.get(bytes);
            if (copied[0] == null && from.equals(AttackRange.ALICE)) {
                copied[0] = bytes;
            } else if (to.equals(AttackRange.STRANGER)) {
                range.bytesTo.merge(to, (long) bytes.length, Long::sum);
            }
        });
        RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
        range.network.inject(AttackRange.STRANGER, AttackRange.SERVER, copied[0]);
        range.clock.advanceBy(200 * MILLI);
        assertThat(near.isOpen()).isTrue();
        assertThat(heard()).isEqualTo(1);
        assertThat(range.server.endpoint.connections()).isEqualTo(1);
        assertThat(range.bytesTo.get(AttackRange.STRANGER)).isBetween(1L, (long) RudpConfig.DATAGRAM_BYTES);
        range.clock.advanceBy(20 * SECOND);
        assertThat(near.isOpen()).isTrue();
    }

    /** A thousand tickets, all used in somebody else's name: so many bytes as came, for ten seconds, and all is over. */
    @Test
    void ticketsUsedInAVictimsName() {
        List<RudpTicket> tickets = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            tickets.add(ticketOf(range.alice));
        }
        range.server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                for (int i = 0; i < 10; i++) {
                    event.connection().send(range.clock.nowNanos(), io.hongyan.protocol.Lane.CHAT, new byte[1_000]);
                }
                event.connection().flush();
            }
        };
        List<byte[]> datagrams = new ArrayList<>();
        tickets.forEach(ticket -> datagrams.add(resumeOf(ticket)));
        AttackRange.Attack attack = range.attack("1,000 tickets in a victim's name");
        datagrams.forEach(datagram -> attack.send(AttackRange.STRANGER, datagram));
        AttackRange.Outcome outcome = attack.over();
        assertThat(outcome.accepted()).isEqualTo(1_000);
        range.clock.advanceBy(12 * SECOND);
        assertThat(attack.answered(AttackRange.STRANGER)).isBetween(1L, outcome.bytes());
        assertThat(range.server.endpoint.connections()).isZero();
    }
}
