// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the connection of a client's datagram: the only one of the socket, or by an id of 4 bytes, which is slot and
 * generation.
 */
final class ClientRouter {
    private static final int ID_SLOT_BITS = 20;

    /** The path of a ticket may be another one by now: its long first datagrams do not follow each other faster. */
    private static final long LEAST_GUESS_NANOS = 50_000_000L;

    private final RudpEndpoint endpoint;
    private final Protector.Factory protection;
    private final int idBytes;
    /** Who may be reset: by the server's id, since a server that forgot a connection forgot the client's id too. */
    private final Map<Long, ConnectionCore> byServerId = new HashMap<>();

    ClientRouter(RudpEndpoint endpoint, Protector.Factory protection) {
        this.endpoint = endpoint;
        this.protection = protection;
        idBytes = endpoint.config().clientIdBytes();
    }

    static int maxConnections(RudpConfig config) {
        return config.clientIdBytes() == 0 ? 1 : Math.min(config.maxConnections(), (1 << ID_SLOT_BITS) - 1);
    }

    ConnectionCore connect(long nowNanos, PeerAddress remote, @Nullable RudpTicket ticket) {
        ConnectionTable table = endpoint.table();
        int slot = table.freeSlot();
        if (slot < 0) {
            throw new IllegalStateException(
                    idBytes == 0
                            ? "a socket has one connection unless clientIdBytes is 4"
                            : "no room for another connection on this socket");
        }
        byte[] id = new byte[idBytes];
        if (idBytes > 0) {
            Bytes.writeLong(id, 0, idOf(slot, table.generation(slot)), idBytes);
        }
        ClientHandshake handshake = new ClientHandshake(id, protection, endpoint.random());
        ConnectionNames names = ConnectionNames.connecting(slot, handshake);
        RudpTicket good = ticket != null && ticket.isGood(nowNanos) ? ticket : null;
        Protector protector = good == null ? null : handshake.resume(nowNanos, good);
        ConnectionCore connection = new ConnectionCore(endpoint, names, remote, protector, nowNanos);
        if (good != null) {
            connection.rtt.guess(Math.max(LEAST_GUESS_NANOS, good.rttNanos()));
        }
        table.put(slot, connection);
        return connection;
    }

    private static long idOf(int slot, int generation) {
        return (long) slot << ConnectionIds.GENERATION_BITS | generation;
    }

    @Nullable
    DropReason onShort(byte[] datagram, int length, PeerAddress from, long nowNanos) {
        int numberAt = 1 + idBytes;
        int headerEnd = numberAt + (datagram[0] & Wire.PACKET_NUMBER_LENGTH_MASK) + 1;
        if (length < headerEnd) {
            return DropReason.NOT_OURS;
        }
        ConnectionCore connection = find(datagram, 1);
        return connection == null
                ? DropReason.UNKNOWN_CONNECTION
                : connection.input(datagram, numberAt, headerEnd, length, from, nowNanos);
    }

    @Nullable
    DropReason onLong(int first, byte[] datagram, int length, PeerAddress from, long nowNanos) {
        return switch (first) {
            case Wire.COOKIE, Wire.REFUSAL -> onHandshake(first, datagram, length, from, nowNanos);
            case Wire.RESET -> onReset(datagram, length, from, nowNanos);
            case Wire.INITIAL,
                    Wire.CONNECT,
                    Wire.CONNECT | Wire.ANSWER_NOW,
                    Wire.RESUME,
                    Wire.RESUME | Wire.ANSWER_NOW -> DropReason.WRONG_KIND;
            default -> DropReason.NOT_OURS;
        };
    }

    private @Nullable DropReason onHandshake(int first, byte[] datagram, int length, PeerAddress from, long nowNanos) {
        WireReader in = endpoint.headerReader().reset(1, length);
        if (in.readByte() != idBytes) {
            return DropReason.MALFORMED_HANDSHAKE;
        }
        int idAt = in.skip(idBytes);
        ConnectionCore connection = in.failed() ? null : find(datagram, idAt);
        if (connection == null
                || !connection.names.isConnecting()
                || connection.state().isOver()) {
            return DropReason.UNKNOWN_CONNECTION;
        }
        if (!connection.remote().sameAs(from)) {
            return DropReason.WRONG_ADDRESS;
        }
        ClientHandshake handshake = connection.names.handshake();
        boolean taken = first == Wire.COOKIE
                ? handshake.onCookie(in, connection, nowNanos)
                : handshake.onRefusal(in, connection, nowNanos);
        return taken ? null : DropReason.MALFORMED_HANDSHAKE;
    }

    private @Nullable DropReason onReset(byte[] datagram, int length, PeerAddress from, long nowNanos) {
        if (length != Wire.RESET_BYTES) {
            return DropReason.MALFORMED_HANDSHAKE;
        }
        ConnectionCore connection = byServerId.get(Bytes.getLong(datagram, 1));
        if (connection == null) {
            return DropReason.UNKNOWN_CONNECTION;
        }
        if (connection.names.resetToken() != Bytes.getLong(datagram, 1 + Wire.SERVER_ID_BYTES)
                || !connection.remote().sameAs(from)) {
            return DropReason.BAD_RESET;
        }
        endpoint.countReset();
        connection.onReset(nowNanos);
        return null;
    }

    private @Nullable ConnectionCore find(byte[] datagram, int idAt) {
        if (idBytes == 0) {
            return endpoint.connectionAt(0);
        }
        if (datagram.length < idAt + idBytes) {
            return null;
        }
        long id = Bytes.readLong(datagram, idAt, idBytes);
        int slot = (int) (id >>> ConnectionIds.GENERATION_BITS);
        ConnectionCore connection = endpoint.connectionAt(slot);
        boolean known = connection != null && endpoint.table().generation(slot) == (id & ConnectionIds.GENERATION_MASK);
        return known ? connection : null;
    }

    void onConnected(ConnectionCore connection) {
        byServerId.put(connection.names.serverId(), connection);
    }

    void onRemoved(ConnectionCore connection) {
        byServerId.remove(connection.names.serverId(), connection);
    }
}
