// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** At least one packet of each type, and each variant of its layout, under the name of its golden file. */
final class PacketSamples {
    static final long INSTANCE = 0x0123_4567_89AB_CDEFL;

    private PacketSamples() {}

    static Map<String, Packet> all() {
        Map<String, Packet> samples = new LinkedHashMap<>();
        logins(samples);
        control(samples);
        messages(samples);
        receipts(samples);
        later(samples);
        return samples;
    }

    private static void logins(Map<String, Packet> samples) {
        samples.put(
                "login", new Login(new UserId("alice"), new DeviceId("phone"), "android", "let me in", INSTANCE, 60));
        samples.put("login-bare", new Login(new UserId("鸿雁"), new DeviceId("d"), "", "", -1, 0));
        samples.put(
                "login-result-ok",
                new LoginResult(
                        ReasonCode.OK,
                        "",
                        0,
                        7,
                        0x1111_2222_3333_4444L,
                        0x5555_6666_7777_8888L,
                        60,
                        65_536,
                        4_194_304,
                        1_800_000_000_000L,
                        0x0F0E_0D0C_0B0A_0908L,
                        LoginResult.DURABLE_STORE));
        samples.put("login-result-refused", LoginResult.refused(ReasonCode.LOGIN_REFUSED, "wrong token", 0));
        samples.put("login-result-busy", LoginResult.refused(ReasonCode.SERVER_BUSY, "", 15_000));
        samples.put("logout", new Logout());
        samples.put("resume", new Resume(7, 0x1111_2222_3333_4444L, 0x5555_6666_7777_8888L, 1000, -1));
    }

    private static void control(Map<String, Packet> samples) {
        samples.put("kick", new Kick(ReasonCode.REPLACED, "logged in elsewhere"));
        samples.put("error", new ErrorPacket(ReasonCode.MALFORMED_PACKET, "再见"));
        samples.put("ping", new Ping(42));
        samples.put("pong", new Pong(-42));
        samples.put("count-chat", new Count(Lane.CHAT, 1));
        samples.put("count-bulk", new Count(Lane.BULK, 0xFFFF_FFFE));
        samples.put(
                "goaway",
                new GoAway(
                        ReasonCode.SERVER_STOPPING,
                        10_000,
                        2_500,
                        List.of("tcp://im2.example.org:7901", "udp://[::1]:7"),
                        "upgrade"));
        samples.put("goaway-bare", new GoAway(ReasonCode.GOING_AWAY, 0, 0, List.of(), ""));
    }

    private static void messages(Map<String, Packet> samples) {
        MessageId id = new MessageId(INSTANCE, 1);
        samples.put("message-to-user", Message.of(id, Address.user("bob"), Payload.text("hi")));
        samples.put("message-to-server", Message.of(id, Address.server(), Payload.empty()));
        samples.put("message-to-device", Message.text(id, Address.device("bob", "tablet"), "hi"));
        samples.put(
                "message-to-group",
                Message.text(id, Address.group("friends"), "hi").withLane(Lane.BULK));
        samples.put(
                "message-from-server",
                Message.of(new MessageId(INSTANCE, 70), Address.user("bob"), Payload.text("{}"))
                        .withContentKind(ContentKind.JSON)
                        .withType(0xFFFF_FFFF)
                        .withTtlSeconds(86_400)
                        .withServerFields(Address.device("alice", "phone"), "alice+bob", 20_000, 1_800_000_000_000L));
        samples.put(
                "message-of-server",
                Message.text(id, Address.user("bob"), "hi")
                        .withServerFields(Address.server(), null, 0, 1_800_000_000_000L));
        samples.put(
                "message-of-user",
                Message.of(id, Address.user("bob"), Payload.of(new byte[1]))
                        .withLane(Lane.BULK)
                        .withServerFields(Address.user("alice"), null, 0, 1_800_000_000_000L));
        samples.put(
                "message-largest-numbers",
                new Message(
                        new MessageId(-1, MessageId.MAX_COUNTER),
                        Address.server(),
                        null,
                        null,
                        Varint.MAX,
                        Varint.MAX,
                        -1,
                        ContentKind.BINARY,
                        Lane.CHAT,
                        Integer.MAX_VALUE,
                        Payload.empty()));
        Message typing =
                Message.of(id, Address.user("bob"), Payload.text("typing")).withLane(Lane.EPHEMERAL);
        samples.put("ephemeral-message", typing);
        samples.put(
                "ephemeral-message-passed-on",
                typing.withServerFields(Address.device("alice", "phone"), null, 0, 1_800_000_000_000L));
        samples.put("chunk", new Chunk(id, 0, false, Payload.text("the first part")));
        samples.put("last-chunk", new Chunk(id, 4_096, true, Payload.text("the last")));
        samples.put("last-chunk-alone", new Chunk(id, 0, true, bodyOf(samples.get("message-to-user"))));
        samples.put("last-chunk-given-up", new Chunk(id, 0, true, Payload.empty()));
    }

    private static void receipts(Map<String, Packet> samples) {
        CounterRanges.Builder some = new CounterRanges.Builder();
        for (long counter : new long[] {3, 4, 5, 9, 20_000}) {
            some.add(counter);
        }
        samples.put("send-result-ok", new SendResult(INSTANCE, ReasonCode.OK, some.build()));
        samples.put("send-result-refused", new SendResult(INSTANCE, ReasonCode.INBOX_FULL, CounterRanges.of(1)));
        samples.put("delivered", new Delivered(INSTANCE, CounterRanges.of(1, 64)));
        long most = MessageId.MAX_COUNTER;
        samples.put("delivered-largest", new Delivered(Long.MIN_VALUE, CounterRanges.ofBounds(new long[] {
            most - 70_000, most - 70_000, most - 65_534, most
        })));
        samples.put("read", new Read(null, INSTANCE, CounterRanges.of(12)));
        samples.put("read-by", new Read(new UserId("bob"), INSTANCE, CounterRanges.of(12)));
    }

    private static void later(Map<String, Packet> samples) {
        samples.put("presence", new Presence(new UserId("bob"), true, 1_800_000_000_000L));
        samples.put("presence-gone", new Presence(new UserId("bob"), false, 0));
        samples.put("subscribe", new Subscribe(true, List.of(new UserId("bob"), new UserId("carol"))));
        samples.put("subscribe-end", new Subscribe(false, List.of(new UserId("bob"))));
        samples.put("sync", new Sync(100, 500));
        samples.put("sync-from-the-beginning", new Sync(0, 65_535));
        samples.put("sync-page", new SyncPage(100, 300, 120, 180, true));
        samples.put("sync-page-more", new SyncPage(0, 100, 0, 100, false));
        samples.put("position", new Position(300));
        samples.put("position-largest", new Position(Varint.MAX));
    }

    private static Payload bodyOf(@Nullable Packet packet) {
        return Payload.of(
                BinaryPacketCodec.V1.encode(Objects.requireNonNull(packet)).body());
    }
}
