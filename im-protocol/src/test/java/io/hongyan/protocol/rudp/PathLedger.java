// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds a server to what it may send to addresses that have not proved themselves, by looking at the wire only: no more
 * than came from them, and three times that where a connection has moved. An address has proved itself when it sent back
 * what only who receives there can know: a cookie, or the data of a challenge.
 *
 * <p>The server's round must be told in its order: {@link #received}, then {@link #sent}; and {@link #arrived} when a
 * datagram of the server reaches somebody at its address.
 */
final class PathLedger {
    private final RudpEndpoint server;
    private final Map<PeerAddress, Account> accounts = new HashMap<>();

    PathLedger(RudpEndpoint server) {
        this.server = server;
    }

    /** A datagram came to the server, genuine or not. */
    void received(PeerAddress from, ByteBuffer datagram) {
        Account account = account(from);
        account.bytesIn += datagram.remaining();
        if (account.proved || !datagram.hasRemaining()) {
            return;
        }
        boolean isConnect = (first(datagram) & ~Wire.ANSWER_NOW) == Wire.CONNECT;
        account.proved =
                (account.knowsCookie && isConnect) || (account.knowsChallenge && contains(datagram, account.challenge));
    }

    /** A datagram leaves the server. */
    void sent(PeerAddress to, ByteBuffer datagram) {
        Account account = account(to);
        account.bytesOut += datagram.remaining();
        if (account.proved) {
            return;
        }
        ConnectionCore moved = movedTo(to);
        if (moved != null) {
            account.factor = 3;
            account.challenge = moved.path.challenge();
        }
        assertThat(account.bytesOut)
                .as("bytes to %s, which has not proved itself and sent %d", to, account.bytesIn)
                .isLessThanOrEqualTo(account.factor * account.bytesIn);
    }

    /** A datagram of the server reaches who is at that address. */
    void arrived(PeerAddress at, ByteBuffer datagram) {
        Account account = account(at);
        account.knowsCookie |= first(datagram) == Wire.COOKIE;
        account.knowsChallenge |= account.challenge != 0 && contains(datagram, account.challenge);
    }

    /** The server takes no address for proved that is not. */
    void check() {
        for (int slot = 0; slot < server.table().end(); slot++) {
            ConnectionCore connection = server.connectionAt(slot);
            if (connection != null && !connection.path.needsProof() && !account(connection.remote()).proved) {
                throw new AssertionError("taken for proved: " + connection);
            }
        }
    }

    private Account account(PeerAddress address) {
        Account account = accounts.get(address);
        if (account == null) {
            account = new Account();
            accounts.put(address.copy(), account);
        }
        return account;
    }

    private @Nullable ConnectionCore movedTo(PeerAddress address) {
        for (int slot = 0; slot < server.table().end(); slot++) {
            ConnectionCore connection = server.connectionAt(slot);
            if (connection != null
                    && connection.path.needsProof()
                    && connection.remote().sameAs(address)) {
                return connection;
            }
        }
        return null;
    }

    private static int first(ByteBuffer datagram) {
        return datagram.get(datagram.position()) & 0xff;
    }

    private static boolean contains(ByteBuffer datagram, long data) {
        for (int at = datagram.position(); at + Long.BYTES <= datagram.limit(); at++) {
            if (datagram.getLong(at) == data) {
                return true;
            }
        }
        return false;
    }

    private static final class Account {
        long bytesIn;
        long bytesOut;
        int factor = 1;
        long challenge;
        boolean knowsCookie;
        boolean knowsChallenge;
        boolean proved;
    }
}
