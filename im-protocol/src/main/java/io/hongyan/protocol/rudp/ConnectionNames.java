// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * By what the two ends of one connection know it: its slot here, the id each chose, the cookie or ticket of which it was made; and
 * how far the handshake that tells them has come.
 */
final class ConnectionNames {
    /** The index in this endpoint's table. */
    final int slot;
    /** Which end this is. */
    final boolean server;

    /** The id by which the client is addressed, and its 0 to 8 bytes; none on a client, which does not write it. */
    private final long clientId;

    private final byte clientIdBytes;
    /** The cookie or ticket of which a server made the connection. */
    private final long originName;

    private long serverId;
    private long resetToken;
    private @Nullable ClientHandshake handshake;
    private boolean acceptUnconfirmed;

    private ConnectionNames(int slot, boolean server, byte[] clientId, long originName) {
        this.slot = slot;
        this.server = server;
        this.clientId = Bytes.readLong(clientId, 0, clientId.length);
        clientIdBytes = (byte) clientId.length;
        this.originName = originName;
    }

    /** Of a server's end, which chooses its id at once. */
    static ConnectionNames accepted(int slot, long serverId, long resetToken, byte[] clientId, long originName) {
        ConnectionNames names = new ConnectionNames(slot, true, clientId, originName);
        names.serverId = serverId;
        names.resetToken = resetToken;
        names.acceptUnconfirmed = true;
        return names;
    }

    /** Of a client's end, which does not know the server's id yet. */
    static ConnectionNames connecting(int slot, ClientHandshake handshake) {
        ConnectionNames names = new ConnectionNames(slot, false, new byte[0], 0);
        names.handshake = handshake;
        return names;
    }

    /**
     * ACCEPT came to a client.
     *
     * @return whether it ended the handshake, rather than telling again what is known
     */
    boolean accept(long id, long token) {
        if (handshake == null) {
            return false;
        }
        handshake = null;
        serverId = id;
        resetToken = token;
        return true;
    }

    /** The client has used the server's id, or acknowledged what told it; answers whether that is news. */
    boolean confirm() {
        boolean news = acceptUnconfirmed;
        acceptUnconfirmed = false;
        return news;
    }

    /** Writes the header of a protected datagram. */
    void writeHeader(WireWriter out, long packetNumber, long largestAcked) {
        if (handshake != null) {
            handshake.writeHeader(out, packetNumber);
            return;
        }
        int length = PacketNumbers.length(packetNumber, largestAcked);
        out.writeByte(Wire.SHORT | (length - 1));
        if (server) {
            Bytes.writeLong(out.array, out.position, clientId, clientIdBytes);
            out.position += clientIdBytes;
        } else {
            out.writeLong(serverId);
        }
        Bytes.writeLong(out.array, out.position, packetNumber, length);
        out.position += length;
    }

    /** 0 on a client before {@link #accept}. */
    long serverId() {
        return serverId;
    }

    long resetToken() {
        return resetToken;
    }

    long originName() {
        return originName;
    }

    /** Whether this is a client whose server has not accepted yet. */
    boolean isConnecting() {
        return handshake != null;
    }

    /** Whether this is a client that has shown a ticket, and was not answered so far. */
    boolean isResuming() {
        return handshake != null && handshake.isResuming();
    }

    /** The ticket of a client that {@link #isResuming()}: the server has perhaps never seen it. */
    @Nullable
    RudpTicket unansweredTicket() {
        return handshake == null ? null : handshake.ticket();
    }

    /** Whether this is a server whose client may not know its id yet. */
    boolean isAcceptUnconfirmed() {
        return acceptUnconfirmed;
    }

    /** The handshake of a client that {@link #isConnecting()}. */
    ClientHandshake handshake() {
        return Objects.requireNonNull(handshake);
    }
}
