// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.connection;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.PacketCodec;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * One transport link to a peer, whatever carries it. It knows frames and back-pressure; it knows no packet, no user and
 * no policy. Both ends use it: a server's come from a listener, a client's from a connector.
 *
 * <p>Confined to its {@link #owner()} for its whole life, from the handler's first call to
 * {@link ConnectionHandler#onClosed}; afterwards {@link #write} drops, and the rest does nothing.
 */
@Confined("owner")
public interface Connection {
    /** The thread this connection belongs to. */
    @ThreadSafe
    Owner owner();

    /** The carrier's short name: {@code "tcp"}, {@code "tls"} for TCP protected by TLS, {@code "udp"}. */
    @ThreadSafe
    String transport();

    /** The certificate that the peer has shown and that was found good; null where it showed none. */
    default @Nullable X509Certificate peerCertificate() {
        return null;
    }

    /** Where the peer is, also behind a proxy that says so; on UDP it may move while the connection lives. */
    InetSocketAddress remoteAddress();

    /** The wire format this peer speaks. */
    @ThreadSafe
    PacketCodec codec();

    /**
     * Whether counted frames of the bulk lane have a count of their own. True on UDP, where the lanes are two channels;
     * false on TCP and WebSocket, where one count covers both in the order of the wire.
     */
    @ThreadSafe
    boolean countsBulkApart();

    /**
     * Adds a frame to the pending batch; nothing leaves before {@link #flush()}. The frame is taken even while the lane
     * is not writable, so that control frames always find room; past a hard bound the connection closes with
     * {@link ReasonCode#SLOW_CONSUMER}.
     *
     * @return {@link #isWritable} of the lane, afterwards
     */
    boolean write(Lane lane, Frame frame);

    /** Sends the pending batch. Once per batch, not once per frame. */
    void flush();

    /**
     * Whether the lane wants more; when it turns true again, {@link ConnectionHandler#onWritable} follows. On UDP the
     * ephemeral lane wants more as long as the connection is open: the newest frames take the place of the oldest.
     */
    boolean isWritable(Lane lane);

    /**
     * How many frames, or parts of frames, had to be sent again so far, as the carrier sees it: 0 where the kernel does
     * it unseen. Also after the end.
     */
    default long retransmissions() {
        return 0;
    }

    /**
     * The longest frame taken from a peer that was not {@linkplain #admit() admitted}, header included, in bytes. A LOGIN
     * fits.
     */
    int STRANGER_FRAME_BYTES = 8 << 10;

    /**
     * The peer is known now. Until this is called, a carrier on the accepting side takes no frame longer than
     * {@link #STRANGER_FRAME_BYTES} and holds about as much for the peer, so that strangers cost little; one that hands
     * over whole frames of its own making has nothing to bound.
     */
    default void admit() {}

    /**
     * This machine has another network: a carrier that can go on from there tells the peer at once. On TCP nothing can be
     * done.
     */
    default void networkChanged() {}

    /**
     * How long nothing authentic has come from the peer, in ns; 0 where the carrier finds dead links by itself, as TCP
     * does.
     */
    default long silentNanos() {
        return 0;
    }

    /**
     * After how much silence the carrier gives the link up by itself, here or at the peer, in ns; {@link Long#MAX_VALUE}
     * where it does not. Known when the connection is made.
     */
    default long idleTimeoutNanos() {
        return Long.MAX_VALUE;
    }

    /**
     * How long ago the link began, in ns, with what came before the first frame; 0 where nothing did that took time or
     * state, as on UDP.
     */
    default long ageNanos() {
        return 0;
    }

    /** Takes no more bytes from the peer: TCP stops reading, UDP grants no further credit. Frames read may still come. */
    void pauseReading();

    /** Undoes {@link #pauseReading()}. */
    void resumeReading();

    /**
     * Sends what is pending within a bound of time, then ends the link. Telling the peer why, with a KICK or an ERROR, is
     * the caller's business before. The first call counts, later ones do nothing.
     *
     * @param text for the log and the handler, not for the peer
     */
    void close(ReasonCode code, String text);
}
