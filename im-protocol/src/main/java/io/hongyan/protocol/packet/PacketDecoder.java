// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Frames to packets: of each its fields in the order of the wire. Mirrors {@link PacketEncoder}. */
final class PacketDecoder {
    private PacketDecoder() {}

    static Packet decode(PacketType type, ByteBuffer in) {
        return switch (type) {
            case MESSAGE -> MessageLayout.read(in, false);
            case EPHEMERAL_MESSAGE -> MessageLayout.read(in, true);
            case CHUNK -> ChunkLayout.read(in, false);
            case LAST_CHUNK -> ChunkLayout.read(in, true);
            case SEND_RESULT -> new SendResult(in.getLong(), WireInput.code(in), CounterRangesLayout.read(in));
            case DELIVERED -> new Delivered(in.getLong(), CounterRangesLayout.read(in));
            case READ ->
                new Read(WireInput.flag(in) ? WireInput.user(in) : null, in.getLong(), CounterRangesLayout.read(in));
            case COUNT -> new Count(WireInput.orderedLane(in), in.getInt());
            case PING -> new Ping(in.getLong());
            case PONG -> new Pong(in.getLong());
            case LOGIN ->
                new Login(
                        WireInput.user(in),
                        WireInput.device(in),
                        WireInput.text8(in),
                        WireInput.text16(in),
                        in.getLong(),
                        WireInput.u16(in));
            case LOGIN_RESULT -> loginResult(in);
            case LOGOUT -> new Logout();
            case KICK -> new Kick(WireInput.code(in), WireInput.text8(in));
            case ERROR -> new ErrorPacket(WireInput.code(in), WireInput.text8(in));
            case GOAWAY ->
                new GoAway(
                        WireInput.code(in), Varint.readInt(in), Varint.readInt(in), endpoints(in), WireInput.text8(in));
            case RESUME -> new Resume(in.getLong(), in.getLong(), in.getLong(), in.getInt(), in.getInt());
            case PRESENCE -> new Presence(WireInput.user(in), WireInput.flag(in), Varint.read(in));
            case SUBSCRIBE -> new Subscribe(WireInput.flag(in), users(in));
            case SYNC -> new Sync(Varint.read(in), WireInput.u16(in));
            case SYNC_PAGE -> syncPage(in);
            case POSITION -> new Position(Varint.read(in));
        };
    }

    private static LoginResult loginResult(ByteBuffer in) {
        ReasonCode code = WireInput.code(in);
        String text = WireInput.text8(in);
        if (code != ReasonCode.OK) {
            return LoginResult.refused(code, text, Varint.readInt(in));
        }
        return new LoginResult(
                code,
                text,
                0,
                in.getLong(),
                in.getLong(),
                in.getLong(),
                WireInput.u16(in),
                WireInput.u24(in),
                WireInput.u24(in),
                Varint.read(in),
                in.getLong(),
                Varint.readInt(in));
    }

    private static SyncPage syncPage(ByteBuffer in) {
        long afterPosition = Varint.read(in);
        long throughPosition = Varint.read(in);
        long lostThroughPosition = Varint.read(in);
        return new SyncPage(afterPosition, throughPosition, lostThroughPosition, WireInput.u16(in), WireInput.flag(in));
    }

    private static List<String> endpoints(ByteBuffer in) {
        int count = WireInput.u8(in);
        if (count > GoAway.MAX_ENDPOINTS) {
            throw WireInput.malformed("more endpoints than " + GoAway.MAX_ENDPOINTS);
        }
        List<String> endpoints = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            endpoints.add(WireInput.text8(in));
        }
        return endpoints;
    }

    private static List<UserId> users(ByteBuffer in) {
        long count = Varint.read(in);
        if (count > Subscribe.MAX_USERS) {
            throw WireInput.malformed("more users than " + Subscribe.MAX_USERS);
        }
        List<UserId> users = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            users.add(WireInput.user(in));
        }
        return users;
    }
}
