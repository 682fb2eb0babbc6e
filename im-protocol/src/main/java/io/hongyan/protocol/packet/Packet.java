// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ThreadSafe;

/**
 * A typed value decoded from a frame. Immutable, and valid when it exists: constructors refuse with an
 * {@link IllegalArgumentException} what the wire could not carry.
 *
 * <p>The set is closed; {@link Handler} has one method for each, so that a new packet breaks the build until it is
 * handled everywhere.
 */
@ThreadSafe
public sealed interface Packet
        permits Login,
                LoginResult,
                Logout,
                Kick,
                Ping,
                Pong,
                Count,
                Message,
                Chunk,
                SendResult,
                Delivered,
                Read,
                Presence,
                Subscribe,
                Resume,
                Sync,
                SyncPage,
                Position,
                GoAway,
                ErrorPacket {
    /** The type byte it travels under. */
    PacketType packetType();

    /** Calls the handler's method for this packet. */
    <R> R accept(Handler<R> handler);

    /**
     * One method per packet.
     *
     * @param <R> what handling one gives
     */
    interface Handler<R> {
        R onLogin(Login login);

        R onLoginResult(LoginResult result);

        R onLogout(Logout logout);

        R onKick(Kick kick);

        R onPing(Ping ping);

        R onPong(Pong pong);

        R onCount(Count count);

        R onMessage(Message message);

        R onChunk(Chunk chunk);

        R onSendResult(SendResult result);

        R onDelivered(Delivered delivered);

        R onRead(Read read);

        R onPresence(Presence presence);

        R onSubscribe(Subscribe subscribe);

        R onResume(Resume resume);

        R onSync(Sync sync);

        R onSyncPage(SyncPage page);

        R onPosition(Position position);

        R onGoAway(GoAway goAway);

        R onError(ErrorPacket error);
    }
}
