// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.simnet.SimAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a ticket is good for, how often, and what becomes of a client whose ticket is not taken. One way is 10 ms. */
class RudpTicketTest {
    private static final long MILLI = AttackRange.MILLI;
    private static final long SECOND = AttackRange.SECOND;
    private static final byte[] LOGIN = new byte[200];

    private AttackRange range = new AttackRange(5, RudpConfig.defaults());

    /** A ticket of a connection that alice had, and has closed. */
    private RudpTicket ticket() {
        return ticketOf(range.alice);
    }

    private RudpTicket ticketOf(SimPeer client) {
        AttackRange.Talk talk = range.talk(client);
        assertThat(client.tickets).as("one ticket a connection").hasSize(1);
        talk.close();
        range.sentBy.clear();
        range.bytesTo.clear();
        range.frames.clear();
        range.server.connected.clear();
        return client.tickets.remove(0);
    }

    private List<byte[]> heard() {
        List<byte[]> all = new ArrayList<>();
        range.frames.values().forEach(all::addAll);
        return all;
    }

    private List<Integer> kindsSentByAlice() {
        return range.sentBy.getOrDefault(AttackRange.ALICE, List.of()).stream()
                .map(datagram -> datagram[0] & ~Wire.ANSWER_NOW & 0xff)
                .toList();
    }

    private long sentTo(SimAddress address) {
        return range.bytesTo.getOrDefault(address, 0L);
    }

    @Test
    void deliversAfterOneWayAndAnswersAfterARoundTrip() {
        RudpTicket ticket = ticket();
        byte[] answer = new byte[300];
        range.server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                range.frames
                        .computeIfAbsent(event.connection(), none -> new ArrayList<>())
                        .add(SimPeer.bytes(event));
                event.connection().send(range.clock.nowNanos(), Lane.CHAT, answer);
                event.connection().flush();
            }
        };
        List<byte[]> answers = new ArrayList<>();
        range.alice.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                answers.add(SimPeer.bytes(event));
            }
        };
        RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(10 * MILLI);
        assertThat(heard()).containsExactly(LOGIN);
        range.clock.advanceBy(10 * MILLI);
        assertThat(answers).containsExactly(answer);
        assertThat(near.isOpen()).isTrue();
        range.clock.advanceBy(SECOND);
        assertThat(kindsSentByAlice()).startsWith(Wire.RESUME).doesNotContain(Wire.INITIAL, Wire.CONNECT);
        RudpConnection far = range.server.connected.get(0);
        assertThat(far.core().path.needsProof()).isFalse();
        assertThat(range.server.endpoint.stats().ticketsTaken()).isEqualTo(1);
        assertThat(range.alice.tickets)
                .as("the new connection brings a new one")
                .hasSize(1);
    }

    @Test
    void chainsOfConnectionsNeedNoHandshakeAnyMore() {
        RudpTicket ticket = ticket();
        for (int i = 0; i < 50; i++) {
            RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
            range.clock.advanceBy(SECOND);
            assertThat(near.isOpen()).isTrue();
            near.close(range.clock.nowNanos(), 210);
            range.alice.pump();
            range.clock.advanceBy(5 * SECOND);
            ticket = range.alice.tickets.remove(0);
        }
        assertThat(heard()).hasSize(50);
        assertThat(kindsSentByAlice()).doesNotContain(Wire.INITIAL);
        assertThat(range.server.endpoint.connections()).isZero();
    }

    @Test
    void everyDatagramOfAFirstFlightIsFull() {
        RudpTicket ticket = ticket();
        RudpConnection near = range.alice.endpoint.connect(0, SimPeer.addressOf(range.server), ticket);
        for (int length : new int[] {1_000, 1_024, 2_000, 1, 1_012, 1_014}) {
            near.send(range.clock.nowNanos(), Lane.CHAT, new byte[length]);
        }
        near.flush();
        range.alice.pump();
        List<byte[]> flight = List.copyOf(range.sentBy.get(AttackRange.ALICE));
        assertThat(flight).hasSizeGreaterThan(5).allSatisfy(datagram -> {
            assertThat(datagram).hasSize(RudpConfig.DATAGRAM_BYTES);
            assertThat(datagram[0] & ~Wire.ANSWER_NOW & 0xff).isEqualTo(Wire.RESUME);
        });
        range.clock.advanceBy(10 * MILLI);
        assertThat(heard()).extracting(frame -> frame.length).containsExactly(1_000, 1_024, 2_000, 1, 1_012, 1_014);
    }

    /** The length of what is sent must not matter: the zeros go before the last message. */
    @Test
    void messagesOfEveryLengthTravelWithATicket() {
        for (int length = 1; length <= 1_024; length += length < 960 ? 61 : 1) {
            range = new AttackRange(length, RudpConfig.defaults());
            byte[] frame = new byte[length];
            Arrays.fill(frame, (byte) length);
            range.alice.resume(range.server, ticket(), frame);
            range.clock.advanceBy(10 * MILLI);
            assertThat(range.sentBy.get(AttackRange.ALICE))
                    .allSatisfy(datagram -> assertThat(datagram).hasSize(RudpConfig.DATAGRAM_BYTES));
            assertThat(heard()).containsExactly(frame);
        }
    }

    @Test
    void aServerSendsNoMoreThanCameUntilTheClientHasProvedItsAddress() {
        RudpTicket ticket = ticket();
        range.server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                for (int i = 0; i < 20; i++) {
                    event.connection().send(range.clock.nowNanos(), Lane.CHAT, new byte[1_000]);
                }
                event.connection().flush();
            }
        };
        range.alice.resume(range.server, ticket, LOGIN);
        range.network.cut(range.alice.node, range.server.node, range.clock.nowNanos(), 60 * SECOND);
        range.clock.advanceBy(9 * SECOND);
        assertThat(sentTo(AttackRange.ALICE)).isBetween(100L, (long) RudpConfig.DATAGRAM_BYTES);
        assertThat(range.server.endpoint.connections()).isEqualTo(1);
        range.clock.advanceBy(2 * SECOND);
        assertThat(range.server.endpoint.connections()).isZero();
        assertThat(range.server.lastCloseCode).isEqualTo(ReasonCode.HANDSHAKE_TIMEOUT.number());
        assertThat(sentTo(AttackRange.ALICE)).isLessThanOrEqualTo(RudpConfig.DATAGRAM_BYTES);
    }

    /** Whoever has a ticket may say anything, but not that it has seen what only its address was told. */
    @Test
    void acksAndTheServersIdProveNothing() {
        RudpTicket ticket = ticket();
        RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
        range.network.cut(range.server.node, range.alice.node, range.clock.nowNanos(), 60 * SECOND);
        range.clock.advanceBy(10 * MILLI);
        RudpConnection far = range.server.connected.get(0);
        near.core().names.accept(far.id(), 0);
        long injected = 0;
        for (int i = 1; i < 9; i++) {
            byte[] claim = AttackRange.seal(near.core(), 100 + i, out -> {
                out.writeBytes(new byte[] {Wire.ACK, 0, 0, 0, 0, Wire.PATH_RESPONSE}, 0, 6);
                out.writeLong(range.random.nextLong());
            });
            injected += claim.length;
            range.network.inject(AttackRange.ALICE, AttackRange.SERVER, claim);
            range.clock.advanceBy(SECOND);
            assertThat(far.core().path.isStranger()).isTrue();
            long came = injected
                    + range.sentBy.get(AttackRange.ALICE).stream()
                            .mapToLong(datagram -> datagram.length)
                            .sum();
            assertThat(sentTo(AttackRange.ALICE)).isLessThanOrEqualTo(came);
        }
        range.clock.advanceBy(3 * SECOND);
        assertThat(range.server.endpoint.connections()).isZero();
        assertThat(range.alice.tickets).isEmpty();
    }

    @Test
    void aRestartedServerTakesNoTicketAndLosesNothing() {
        RudpTicket ticket = ticket();
        range.server.endpoint = RudpEndpoint.server(
                RudpConfig.defaults(), ServerSecret.random(range.random), 0, range.random, RudpTracer.NONE);
        assertFallsBackAtOnce(ticket);
    }

    /** The same secret, as nodes of one service have it. */
    @Test
    void aTicketIsOfTheProcessThatGaveIt() {
        ServerSecret secret = ServerSecret.random(range.random);
        range.server.endpoint = RudpEndpoint.server(RudpConfig.defaults(), secret, 0, range.random, RudpTracer.NONE);
        RudpTicket ticket = ticket();
        range.server.endpoint = RudpEndpoint.server(RudpConfig.defaults(), secret, 0, range.random, RudpTracer.NONE);
        assertFallsBackAtOnce(ticket);
    }

    @Test
    void aTicketIsOfTheLoopThatGaveIt() {
        ServerSecret secret = ServerSecret.random(range.random);
        range.server.endpoint = RudpEndpoint.server(RudpConfig.defaults(), secret, 3, range.random, RudpTracer.NONE);
        RudpTicket ticket = ticket();
        range.alice.resume(range.server, ticket, LOGIN);
        assertThat(RudpEndpoint.loopOf(ByteBuffer.wrap(range.last(AttackRange.ALICE))))
                .as("where it is to be handed over to")
                .isEqualTo(3);
        range = new AttackRange(6, RudpConfig.defaults());
        range.server.endpoint = RudpEndpoint.server(RudpConfig.defaults(), secret, 4, range.random, RudpTracer.NONE);
        assertFallsBackAtOnce(ticket);
    }

    @Test
    void aTicketMakesOneConnection() {
        RudpTicket ticket = ticket();
        RudpConnection first = range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(SECOND);
        first.close(range.clock.nowNanos(), 210);
        range.alice.pump();
        range.clock.advanceBy(5 * SECOND);
        assertThat(heard()).hasSize(1);
        range.frames.clear();
        assertFallsBackAtOnce(ticket);
        range.alice.endpoint = RudpEndpoint.client(RudpConfig.defaults(), range.random, RudpTracer.NONE);
        range.frames.clear();
        range.clock.advanceBy(60 * SECOND);
        assertFallsBackAtOnce(ticket);
    }

    @Test
    void aTicketGrowsOld() {
        range = new AttackRange(
                5, RudpConfig.builder().ticketLifetimeSeconds(30).build());
        RudpTicket ticket = ticket();
        assertThat(ticket.isGood(range.clock.nowNanos() + 15 * SECOND)).isTrue();
        range.clock.advanceBy(30 * SECOND);
        assertThat(ticket.isGood(range.clock.nowNanos())).isFalse();
        RudpTicket believed = new RudpTicket(ticket.ticket(), ticket.secret(), Long.MAX_VALUE, ticket.rttNanos());
        assertFallsBackAtOnce(believed);
    }

    @Test
    void aClientShowsNoTicketThatIsOld() {
        range = new AttackRange(
                5, RudpConfig.builder().ticketLifetimeSeconds(30).build());
        RudpTicket ticket = ticket();
        range.clock.advanceBy(30 * SECOND);
        range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(SECOND);
        assertThat(kindsSentByAlice()).startsWith(Wire.INITIAL, Wire.CONNECT);
        assertThat(heard()).containsExactly(LOGIN);
    }

    @Test
    void aServerWithoutTicketsGivesNoneAndTakesNone() {
        RudpTicket ticket = ticket();
        range = new AttackRange(5, RudpConfig.builder().ticketLifetimeSeconds(0).build());
        assertFallsBackAtOnce(ticket);
        assertThat(range.alice.tickets).isEmpty();
        assertThat(range.server.endpoint.stats().ticketsRefused()).isEqualTo(1);
    }

    /** The register knows the newest 16: an older ticket may have been used, for all the server knows. */
    @Test
    void aTicketOlderThanTheRegisterReachesIsNotTaken() {
        range = new AttackRange(5, RudpConfig.builder().maxTickets(16).build());
        List<RudpTicket> tickets = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            tickets.add(ticket());
        }
        RudpConnection oldest = range.alice.resume(range.server, tickets.get(1), LOGIN);
        range.clock.advanceBy(10 * MILLI);
        assertThat(heard()).as("the oldest of 16").hasSize(1);
        oldest.close(range.clock.nowNanos(), 210);
        range.alice.pump();
        range.clock.advanceBy(5 * SECOND);
        range.frames.clear();
        assertFallsBackAtOnce(tickets.get(0));
    }

    /** No more tickets than cookies are remembered for 10 s; the cookies have a place of their own. */
    @Test
    void whenTooManyTicketsAreUsedAtATimeHandshakesGoOn() {
        range = new AttackRange(
                5, RudpConfig.builder().maxCookies(16).maxConnections(64).build());
        List<RudpTicket> tickets = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            tickets.add(ticketOf(range.client("giver " + i, SimAddress.ipv4("10.0.2." + i, 5000))));
            range.clock.advanceBy(11 * SECOND);
        }
        for (int i = 0; i < 16; i++) {
            range.client("user " + i, SimAddress.ipv4("10.0.1." + i, 5000)).resume(range.server, tickets.get(i), LOGIN);
        }
        range.clock.advanceBy(20 * MILLI);
        assertThat(range.server.endpoint.stats().ticketsTaken()).isEqualTo(16);
        assertThat(range.server.connected).hasSize(16);
        range.frames.clear();
        assertFallsBackAtOnce(tickets.get(16));
    }

    @Test
    void aFullServerSaysSoToWhoHasATicket() {
        range = new AttackRange(5, RudpConfig.builder().maxConnections(1).build());
        RudpTicket ticket = ticket();
        range.talk(range.bob);
        range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(20 * MILLI);
        assertThat(range.alice.lastCloseCode).isEqualTo(ReasonCode.TOO_MANY_CONNECTIONS.number());
        assertThat(range.alice.lastCloseByPeer).isTrue();
        assertThat(range.server.endpoint.stats().ticketsTaken()).isZero();
    }

    @Test
    void aLostFirstDatagramIsRepeatedAndFindsTheSameConnection() {
        RudpTicket ticket = ticket();
        range.network.cut(range.alice.node, range.server.node, range.clock.nowNanos(), 5 * MILLI);
        range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(200 * MILLI);
        assertThat(heard()).containsExactly(LOGIN);
        assertThat(kindsSentByAlice()).startsWith(Wire.RESUME, Wire.RESUME).doesNotContain(Wire.INITIAL);
    }

    @Test
    void aLostAnswerIsAskedForAndFindsTheSameConnection() {
        RudpTicket ticket = ticket();
        range.network.cut(range.server.node, range.alice.node, range.clock.nowNanos(), 150 * MILLI);
        RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(700 * MILLI);
        assertThat(near.isOpen()).isTrue();
        assertThat(heard()).containsExactly(LOGIN);
        assertThat(range.server.connected).hasSize(1);
        assertThat(kindsSentByAlice()).startsWith(Wire.RESUME, Wire.RESUME).doesNotContain(Wire.INITIAL);
    }

    @Test
    void aTicketThatNobodyAnswersGivesWayToAHandshake() {
        RudpTicket ticket = ticket();
        range.server.passes = datagram -> (datagram[0] & ~Wire.ANSWER_NOW & 0xff) != Wire.RESUME;
        RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(1_050 * MILLI);
        assertThat(near.isOpen()).isTrue();
        assertThat(heard()).containsExactly(LOGIN);
        assertThat(kindsSentByAlice()).startsWith(Wire.RESUME, Wire.RESUME).contains(Wire.INITIAL, Wire.CONNECT);
    }

    @Test
    void whatWasSaidBeforeAnEarlyCloseIsDeliveredEitherWay() {
        RudpTicket ticket = ticket();
        for (int i = 0; i < 2; i++) {
            RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
            near.close(range.clock.nowNanos(), 210);
            range.alice.pump();
            range.clock.advanceBy(8 * SECOND);
            assertThat(range.alice.endpoint.connections()).isZero();
        }
        assertThat(heard()).containsExactly(LOGIN, LOGIN);
        assertThat(range.server.endpoint.stats().ticketsTaken()).isEqualTo(1);
        assertThat(range.server.endpoint.stats().ticketsRefused()).isEqualTo(1);
    }

    @Test
    void aClientThatMovesBeforeItHasProvedItselfGoesOn() {
        RudpTicket ticket = ticket();
        RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(5 * MILLI);
        range.alice.node.changeAddress(SimAddress.ipv4("10.0.7.7", 7));
        range.clock.advanceBy(SECOND);
        assertThat(near.isOpen()).isTrue();
        assertThat(heard()).containsExactly(LOGIN);
        assertThat(range.server.connected.get(0).core().path.needsProof()).isFalse();
        assertThat(sentTo(AttackRange.ALICE)).isLessThanOrEqualTo(RudpConfig.DATAGRAM_BYTES);
    }

    /** A phone that tries in a tunnel has its ticket still when it comes out. */
    @Test
    void aTicketThatNobodyAnsweredIsGivenBackOnce() {
        RudpTicket ticket = ticket();
        range.network.cut(range.alice.node, range.server.node, range.clock.nowNanos(), 15 * SECOND);
        range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(20 * SECOND);
        assertThat(range.alice.log).endsWith("CLOSED " + ReasonCode.HANDSHAKE_TIMEOUT.number());
        assertThat(range.alice.tickets).containsExactly(ticket);
        range.sentBy.clear();
        range.alice.resume(range.server, range.alice.tickets.remove(0), LOGIN);
        range.clock.advanceBy(10 * MILLI);
        assertThat(heard()).containsExactly(LOGIN);
        range.clock.advanceBy(SECOND);
        assertThat(kindsSentByAlice()).doesNotContain(Wire.INITIAL);
        assertThat(range.alice.tickets).hasSize(1).doesNotContain(ticket);
    }

    /** What the server made of it, and could not tell, stays used. */
    @Test
    void aTicketGivenBackThatWasUsedIsRefused() {
        RudpTicket ticket = ticket();
        range.network.cut(range.server.node, range.alice.node, range.clock.nowNanos(), 11 * SECOND);
        range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(20 * SECOND);
        assertThat(range.alice.tickets).containsExactly(ticket);
        range.frames.clear();
        assertFallsBackAtOnce(range.alice.tickets.remove(0));
    }

    @Test
    void aLostTicketComesAgainAndIsTheSame() {
        byte[][] seen = new byte[1][];
        int[] lost = new int[1];
        range.alice.passes = datagram -> {
            int at = indexOfTicket(datagram);
            if (at < 0) {
                return true;
            }
            byte[] ticket = Arrays.copyOfRange(datagram, at, at + ServerTickets.BYTES);
            assertThat(seen[0] == null || Arrays.equals(seen[0], ticket)).isTrue();
            seen[0] = ticket;
            return ++lost[0] > 3;
        };
        range.talk(range.alice);
        assertThat(lost[0]).isGreaterThan(3);
        assertThat(range.alice.tickets).hasSize(1);
        assertThat(range.alice.tickets.get(0).ticket()).isEqualTo(seen[0]);
    }

    /** TICKET, lifetime 86,400 as a varint of 4 bytes, length as one of 2. */
    private static int indexOfTicket(byte[] datagram) {
        byte[] head = {Wire.TICKET, (byte) 0x80, 1, 0x51, (byte) 0x80, 0x40, ServerTickets.BYTES};
        for (int at = 0; at + head.length + ServerTickets.BYTES <= datagram.length; at++) {
            if (Arrays.equals(datagram, at, at + head.length, head, 0, head.length)) {
                return at + head.length;
            }
        }
        return -1;
    }

    /** As soon as without a ticket: the message arrives after three one-way delays, once, and nobody waits for a timer. */
    private void assertFallsBackAtOnce(RudpTicket ticket) {
        range.sentBy.clear();
        RudpConnection near = range.alice.resume(range.server, ticket, LOGIN);
        range.clock.advanceBy(30 * MILLI);
        assertThat(heard()).containsExactly(LOGIN);
        range.clock.advanceBy(10 * MILLI);
        assertThat(near.isOpen()).isTrue();
        range.clock.advanceBy(SECOND);
        assertThat(heard()).containsExactly(LOGIN);
        assertThat(kindsSentByAlice()).startsWith(Wire.RESUME, Wire.CONNECT).doesNotContain(Wire.INITIAL);
        near.close(range.clock.nowNanos(), 210);
        range.alice.pump();
        range.clock.advanceBy(5 * SECOND);
    }
}
