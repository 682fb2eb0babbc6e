// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RudpTicketsTest {
    private static final long EXPIRES = 1_000;

    private final RudpTickets tickets = new RudpTickets();

    private static RudpTicket ticket(long expiresNanos) {
        return new RudpTicket(new byte[10], new byte[Wire.RESUMPTION_SECRET_BYTES], expiresNanos, 1);
    }

    private static PeerAddress server(int host) {
        PeerAddress address = new PeerAddress();
        address.setIpv4(host, 7901);
        return address;
    }

    @Test
    void givesEachTicketOnceTheNewestFirst() {
        RudpTicket older = ticket(EXPIRES);
        RudpTicket newer = ticket(EXPIRES);
        tickets.keep(server(1), older);
        tickets.keep(server(1), newer);
        assertThat(tickets.take(server(1), 0)).isSameAs(newer);
        assertThat(tickets.take(server(1), 0)).isSameAs(older);
        assertThat(tickets.take(server(1), 0)).isNull();
        assertThat(tickets.size()).isZero();
    }

    @Test
    void givesNoTicketToAnotherServerNorToAnotherPort() {
        PeerAddress address = server(1);
        tickets.keep(address, ticket(EXPIRES));
        address.setIpv4(1, 7902);
        assertThat(tickets.take(address, 0)).isNull();
        assertThat(tickets.take(server(2), 0)).isNull();
        assertThat(tickets.take(server(1), 0)).isNotNull();
    }

    @Test
    void givesNoTicketThatIsOld() {
        tickets.keep(server(1), ticket(EXPIRES));
        tickets.keep(server(1), ticket(EXPIRES / 2));
        assertThat(tickets.take(server(1), EXPIRES / 2)).isNotNull();
        tickets.keep(server(1), ticket(EXPIRES));
        assertThat(tickets.take(server(1), EXPIRES)).isNull();
    }

    @Test
    void keepsTheNewestOfAServer() {
        RudpTicket oldest = ticket(EXPIRES);
        tickets.keep(server(1), oldest);
        for (int i = 0; i < 64; i++) {
            tickets.keep(server(1), ticket(EXPIRES));
        }
        assertThat(tickets.size()).isEqualTo(64);
        for (int i = 0; i < 64; i++) {
            assertThat(tickets.take(server(1), 0)).isNotNull().isNotSameAs(oldest);
        }
        assertThat(tickets.take(server(1), 0)).isNull();
    }

    @Test
    void keepsThoseOfTheServersLastHeardOf() {
        for (int host = 0; host < 100; host++) {
            tickets.keep(server(host), ticket(EXPIRES));
            tickets.keep(server(0), ticket(EXPIRES));
        }
        assertThat(tickets.size()).isEqualTo(64 + 15);
        assertThat(tickets.take(server(84), 0)).isNull();
        assertThat(tickets.take(server(85), 0)).isNotNull();
    }
}
