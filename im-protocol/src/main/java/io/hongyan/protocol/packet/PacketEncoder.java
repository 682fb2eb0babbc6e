// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.frame.Frame;
import java.util.List;

/** Packets to frames: of each its size, then its fields in the order of the wire. Mirrors {@link PacketDecoder}. */
final class PacketEncoder implements Packet.Handler<Frame> {
    @Override
    public Frame onMessage(Message message) {
        int size = MessageLayout.headSize(message) + message.payload().size();
        WireOutput out = WireOutput.frame(message.packetType(), size);
        MessageLayout.writeHead(message, out);
        return out.payload(message.payload()).toFrame();
    }

    @Override
    public Frame onChunk(Chunk chunk) {
        Payload slice = chunk.slice();
        return ChunkLayout.begin(chunk.id(), chunk.offset(), chunk.last(), slice.size())
                .payload(slice)
                .toFrame();
    }

    @Override
    public Frame onSendResult(SendResult result) {
        WireOutput out = WireOutput.frame(PacketType.SEND_RESULT, 8 + 2 + CounterRangesLayout.size(result.counters()));
        out.i64(result.instance()).u16(result.code().number());
        CounterRangesLayout.write(result.counters(), out);
        return out.toFrame();
    }

    @Override
    public Frame onDelivered(Delivered delivered) {
        WireOutput out = WireOutput.frame(PacketType.DELIVERED, 8 + CounterRangesLayout.size(delivered.counters()));
        out.i64(delivered.instance());
        CounterRangesLayout.write(delivered.counters(), out);
        return out.toFrame();
    }

    @Override
    public Frame onRead(Read read) {
        UserId user = read.user();
        int userSize = user == null ? 0 : 1 + Utf8.length(user.value());
        WireOutput out =
                WireOutput.frame(PacketType.READ, 1 + userSize + 8 + CounterRangesLayout.size(read.counters()));
        out.u8(user == null ? 0 : 1);
        if (user != null) {
            out.text8(user.value());
        }
        out.i64(read.instance());
        CounterRangesLayout.write(read.counters(), out);
        return out.toFrame();
    }

    @Override
    public Frame onCount(Count count) {
        return WireOutput.frame(PacketType.COUNT, 5)
                .u8(count.channel().ordinal())
                .u32(count.count())
                .toFrame();
    }

    @Override
    public Frame onPing(Ping ping) {
        return WireOutput.frame(PacketType.PING, 8).i64(ping.nonce()).toFrame();
    }

    @Override
    public Frame onPong(Pong pong) {
        return WireOutput.frame(PacketType.PONG, 8).i64(pong.nonce()).toFrame();
    }

    @Override
    public Frame onLogin(Login login) {
        int size = text8(login.user().value())
                + text8(login.device().value())
                + text8(login.platform())
                + text16(login.token())
                + 8
                + 2;
        return WireOutput.frame(PacketType.LOGIN, size)
                .text8(login.user().value())
                .text8(login.device().value())
                .text8(login.platform())
                .text16(login.token())
                .i64(login.instance())
                .u16(login.keepAliveSeconds())
                .toFrame();
    }

    @Override
    public Frame onLoginResult(LoginResult result) {
        int head = 2 + text8(result.text());
        if (!result.isAccepted()) {
            return WireOutput.frame(PacketType.LOGIN_RESULT, head + Varint.size(result.retryAfterMillis()))
                    .u16(result.code().number())
                    .text8(result.text())
                    .varint(result.retryAfterMillis())
                    .toFrame();
        }
        int size = head
                + 8
                + 16
                + 2
                + 3
                + 3
                + 8
                + Varint.size(result.serverTimeMillis())
                + Varint.size(result.capabilities());
        return WireOutput.frame(PacketType.LOGIN_RESULT, size)
                .u16(result.code().number())
                .text8(result.text())
                .i64(result.sessionId())
                .i64(result.secretHigh())
                .i64(result.secretLow())
                .u16(result.keepAliveSeconds())
                .u24(result.maxFrameBytes())
                .u24(result.maxMessageBytes())
                .varint(result.serverTimeMillis())
                .i64(result.serverInstance())
                .varint(result.capabilities())
                .toFrame();
    }

    @Override
    public Frame onLogout(Logout logout) {
        return WireOutput.frame(PacketType.LOGOUT, 0).toFrame();
    }

    @Override
    public Frame onKick(Kick kick) {
        return WireOutput.frame(PacketType.KICK, 2 + text8(kick.text()))
                .u16(kick.code().number())
                .text8(kick.text())
                .toFrame();
    }

    @Override
    public Frame onError(ErrorPacket error) {
        return WireOutput.frame(PacketType.ERROR, 2 + text8(error.text()))
                .u16(error.code().number())
                .text8(error.text())
                .toFrame();
    }

    @Override
    public Frame onGoAway(GoAway goAway) {
        List<String> endpoints = goAway.endpoints();
        int size = 2
                + Varint.size(goAway.leaveWithinMillis())
                + Varint.size(goAway.retryAfterMillis())
                + 1
                + text8(goAway.text());
        for (String endpoint : endpoints) {
            size += text8(endpoint);
        }
        WireOutput out = WireOutput.frame(PacketType.GOAWAY, size)
                .u16(goAway.code().number())
                .varint(goAway.leaveWithinMillis())
                .varint(goAway.retryAfterMillis())
                .u8(endpoints.size());
        for (String endpoint : endpoints) {
            out.text8(endpoint);
        }
        return out.text8(goAway.text()).toFrame();
    }

    @Override
    public Frame onResume(Resume resume) {
        return WireOutput.frame(PacketType.RESUME, 8 + 16 + 4 + 4)
                .i64(resume.sessionId())
                .i64(resume.secretHigh())
                .i64(resume.secretLow())
                .u32(resume.chatCount())
                .u32(resume.bulkCount())
                .toFrame();
    }

    @Override
    public Frame onPresence(Presence presence) {
        int size = text8(presence.user().value()) + 1 + Varint.size(presence.sinceMillis());
        return WireOutput.frame(PacketType.PRESENCE, size)
                .text8(presence.user().value())
                .u8(presence.online() ? 1 : 0)
                .varint(presence.sinceMillis())
                .toFrame();
    }

    @Override
    public Frame onSubscribe(Subscribe subscribe) {
        List<UserId> users = subscribe.users();
        int size = 1 + Varint.size(users.size());
        for (UserId user : users) {
            size += text8(user.value());
        }
        WireOutput out = WireOutput.frame(PacketType.SUBSCRIBE, size)
                .u8(subscribe.subscribe() ? 1 : 0)
                .varint(users.size());
        for (UserId user : users) {
            out.text8(user.value());
        }
        return out.toFrame();
    }

    @Override
    public Frame onSync(Sync sync) {
        return WireOutput.frame(PacketType.SYNC, Varint.size(sync.afterPosition()) + 2)
                .varint(sync.afterPosition())
                .u16(sync.maxMessages())
                .toFrame();
    }

    @Override
    public Frame onSyncPage(SyncPage page) {
        int size = Varint.size(page.afterPosition())
                + Varint.size(page.throughPosition())
                + Varint.size(page.lostThroughPosition())
                + 2
                + 1;
        return WireOutput.frame(PacketType.SYNC_PAGE, size)
                .varint(page.afterPosition())
                .varint(page.throughPosition())
                .varint(page.lostThroughPosition())
                .u16(page.messages())
                .u8(page.last() ? 1 : 0)
                .toFrame();
    }

    @Override
    public Frame onPosition(Position position) {
        return WireOutput.frame(PacketType.POSITION, Varint.size(position.inboxSequence()))
                .varint(position.inboxSequence())
                .toFrame();
    }

    private static int text8(String text) {
        return 1 + Utf8.length(text);
    }

    private static int text16(String text) {
        return 2 + Utf8.length(text);
    }
}
