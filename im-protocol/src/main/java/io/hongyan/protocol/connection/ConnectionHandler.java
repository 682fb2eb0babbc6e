// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.connection;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;

/**
 * What a connection tells the one who uses it. Called on the connection's owner only, one call after the other, never
 * from within a call the handler makes to the connection.
 *
 * <pre>
 *   onMappingLost? onFrame* onReadComplete   ... per read batch ...   onViolation?   onClosed
 * </pre>
 */
@Confined("owner")
public interface ConnectionHandler {
    /**
     * A whole frame arrived.
     *
     * @param type the type byte, 0 to 255, known or not
     * @param body the body between position and limit; valid during the call only
     * @param lane the lane it came in; a TCP link, which has one lane, says {@link Lane#CHAT}
     * @throws ProtocolException to have {@link #onViolation} called with it
     */
    void onFrame(int type, ByteBuffer body, Lane lane);

    /** A read batch ended: the time to answer, to count and to flush once. */
    void onReadComplete();

    /**
     * On a client over UDP: the peer could not reach this side for a while, since a NAT has forgotten it. What is heard now
     * was sent after this side had spoken again.
     */
    default void onMappingLost() {}

    /** A lane that was not writable is writable again. */
    void onWritable(Lane lane);

    /** The peer sent what the protocol forbids. The handler says so to the peer, or not, and closes. */
    void onViolation(ProtocolException violation);

    /**
     * The connection is over. Called exactly once, last.
     *
     * @param byPeer whether the peer or the network ended it, not this side
     */
    void onClosed(ReasonCode reason, boolean byPeer, String text);
}
