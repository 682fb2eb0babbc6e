// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import io.hongyan.protocol.packet.Position;
import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.SendResult;
import io.hongyan.protocol.packet.SyncPage;
import io.hongyan.protocol.packet.UserId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client whose server sends any packets in any order, on one link after the other. The application hears each message
 * and each receipt once; then a server that behaves takes over, and every message sent has its answer; or the client has
 * ended, with a code.
 */
@Tag("once")
class LinkFuzzTest {
    private static final ReasonCode[] CODES = ReasonCode.values();

    /** A step each two bytes and what it reads. */
    @MethodSource
    @FuzzTest
    void applicationHearsEverythingOnceOrTheEnd(byte[] input) {
        Application application = new Application();
        ByteBuffer script = ByteBuffer.wrap(input);
        while (script.remaining() >= 2) {
            application.step(script.get() & 0xFF, script.get() & 0xFF, script);
        }
        application.end();
    }

    static Stream<byte[]> applicationHearsEverythingOnceOrTheEnd() {
        return Stream.of(
                bytes(5, 3, 0, 0, 7, 3, 8, 3, 6, 5, 6, 9),
                bytes(0, 0, 5, 9, 3, 21, 4, 30, 0, 0, 6, 3, 6, 3, 9, 1, 0, 30, 9, 1, 30, 30, 9, 1, 160, 20),
                // Every sample after a login, each on a link of its own.
                bytes(0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 3, 0, 0, 0, 1, 4, 0, 4, 90, 0, 0, 1, 5, 0),
                bytes(
                        0, 0, 1, 6, 0, 1, 7, 0, 1, 8, 0, 1, 9, 0, 1, 10, 0, 1, 11, 0, 1, 12, 0, 1, 13, 0, 1, 14, 0, 1,
                        15, 0),
                // Harmed, raw, full lanes, refusals, a close in the midst.
                bytes(0, 0, 5, 5, 1, 6, 2, 4, 9, 3, 7, 2, 0xFF, 3, 1, 2, 3, 4, 60, 0, 0),
                bytes(0, 0, 10, 2, 5, 9, 10, 255, 12, 1, 11, 33, 11, 36, 4, 99, 13, 0, 4, 20));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** What uses the client, and remembers all it was told. */
    private static final class Application implements ReceiptListener {
        /** What a listener throws would be caught, so it only takes notes. */
        private final List<String> broken = new ArrayList<>();

        private final Set<String> shown = new HashSet<>();
        private final Map<ReceiptLevel, Set<Long>> reached = new EnumMap<>(ReceiptLevel.class);
        private final Set<Long> failed = new HashSet<>();
        private final Set<Long> answered = new HashSet<>();
        private final List<CompletableFuture<Receipt>> stages = new ArrayList<>();
        private final Scene scene = Scene.connecting(
                options -> options.receiptListener(this).onMessage(this::show).window(200, 1 << 20));
        private long posted;

        private void show(IncomingMessage message) {
            String id = message.lane() + " " + message.from() + " " + message.sender() + " " + message.id();
            if (message.lane() != Lane.EPHEMERAL && !shown.add(id)) {
                broken.add("shown twice: " + id);
            }
        }

        @Override
        public void reached(ReceiptLevel level, long firstCounter, long lastCounter) {
            told(level.name(), reached.computeIfAbsent(level, any -> new HashSet<>()), firstCounter, lastCounter);
        }

        @Override
        public void failed(ReasonCode code, long firstCounter, long lastCounter) {
            told("failed", failed, firstCounter, lastCounter);
        }

        private void told(String what, Set<Long> before, long first, long last) {
            if (first < 1 || last < first || last > posted) {
                broken.add(what + " of none: " + first + "-" + last);
            }
            for (long counter = first; counter <= last; counter++) {
                answered.add(counter);
                if (!before.add(counter)) {
                    broken.add(what + " twice: " + counter);
                }
            }
        }

        void step(int what, int how, ByteBuffer script) {
            switch (what & 15) {
                case 0 -> receive(how == 0 ? scene.accepted() : login(how));
                case 1 -> receive(harmed(sample(how), next(script), script));
                case 2 -> {
                    byte[] body = new byte[Math.min(next(script), script.remaining())];
                    script.get(body);
                    receive(Frame.of(how, body));
                }
                case 3 -> {
                    if (isUp()) {
                        scene.link().lose(CODES[how % CODES.length]);
                    }
                }
                case 4 -> scene.advance(Duration.ofMillis(how * how));
                case 5 -> post(how);
                case 6 -> receive(Scene.fromBob(1 + (how & 7), how % 3 == 0 ? Lane.BULK : Lane.CHAT));
                case 7 -> receive(new SendResult(scene.client.instance(), ReasonCode.OK, ranges(how)));
                case 8 -> receive(new Delivered(scene.client.instance(), ranges(how)));
                case 9 -> receive(chunk(how, next(script), next(script)));
                case 10 -> {
                    if (isUp()) {
                        if (how == 255) {
                            scene.link().unblock();
                        } else {
                            scene.link().blockAfter(how);
                        }
                    }
                }
                case 11 ->
                    receive(new SendResult(scene.client.instance(), CODES[how % CODES.length], ranges(how >> 3)));
                case 12 -> send(how);
                case 13 -> {
                    if (how < 4) {
                        scene.client.closeAsync();
                        scene.loop.run();
                    }
                }
                case 14 -> receive(new Read(new UserId("bob"), scene.client.instance(), ranges(how)));
                default -> receive(new GoAway(CODES[how % CODES.length], how * 10, how * 5, List.of(), ""));
            }
        }

        private void post(int how) {
            for (int i = 0; i <= (how & 15); i++) {
                Payload payload = how < 240 ? Payload.text("m") : Payload.of(new byte[70_000]);
                SendOptions options = SendOptions.text().lane((how & 16) == 0 ? Lane.CHAT : Lane.BULK);
                if (scene.client.post(Address.user("bob"), payload, options) > 0) {
                    posted++;
                }
            }
            scene.loop.run();
        }

        private void send(int how) {
            ReceiptLevel level = ReceiptLevel.values()[how % ReceiptLevel.values().length];
            int before = stages.size();
            stages.add(scene.client.send("bob", "hi", level).toCompletableFuture());
            if (!stages.get(before).isDone() || stages.get(before).join().counter() > 0) {
                posted++;
            }
            scene.loop.run();
        }

        private boolean isUp() {
            return scene.link().closed == null;
        }

        private void receive(Packet packet) {
            receive(BinaryPacketCodec.V1.encode(packet));
        }

        private void receive(Frame frame) {
            if (isUp() && !scene.link().paused) {
                scene.link().receive(frame);
            }
        }

        /** From now on there is a server that behaves; in the end the application closes. */
        void end() {
            for (int rounds = 0; rounds < 40 && !scene.client.isClosed() && answered.size() < posted; rounds++) {
                if (isUp()) {
                    scene.link().lose();
                }
                for (int waits = 0; waits < 200 && !isUp() && !scene.client.isClosed(); waits++) {
                    scene.advance(Duration.ofSeconds(20));
                }
                if (isUp()) {
                    behave();
                }
            }
            assertThat(scene.client.isClosed() || answered.size() == posted)
                    .as("all have their answers")
                    .isTrue();
            scene.client.closeAsync();
            scene.loop.run();
            scene.advance(Duration.ofMinutes(10));
            assertThat(broken).isEmpty();
            assertThat(answered).as("no message without an answer").hasSize((int) posted);
            assertThat(stages).allMatch(CompletableFuture::isDone);
            assertThat(scene.connected).isDone();
            assertThat(scene.events)
                    .filteredOn(event -> event.startsWith("closed "))
                    .hasSize(1);
            assertThat(scene.events).last().asString().startsWith("closed ");
            assertThat(scene.loop.timers()).isZero();
            assertThat(scene.network.connections).allMatch(connection -> connection.closed != null);
        }

        private void behave() {
            scene.link().receive(scene.accepted());
            for (int told = 0; isUp() && told < 50; told++) {
                int before = scene.link().sent.size();
                for (Packet packet : List.copyOf(scene.link().sent)) {
                    MessageId id = packet instanceof Message message
                            ? message.id()
                            : packet instanceof Chunk chunk && chunk.last() ? chunk.id() : null;
                    if (id != null && isUp()) {
                        scene.deliver(id.counter(), id.counter());
                    }
                }
                if (before == scene.link().sent.size()) {
                    break;
                }
            }
        }

        private LoginResult login(int how) {
            return (how & 1) == 1
                    ? LoginResult.refused(refusal(how), "", 100 * how)
                    : new LoginResult(
                            ReasonCode.OK,
                            "",
                            0,
                            how,
                            2,
                            3,
                            1 + how,
                            4096 + 300 * how,
                            1000 * (1 + how),
                            0,
                            5,
                            how >> 1 & 1);
        }

        private CounterRanges ranges(int how) {
            long first = 1 + (how & 15);
            return CounterRanges.of(first, first + (how >> 4));
        }

        private Packet sample(int how) {
            ReasonCode code = CODES[how % CODES.length];
            return switch (how & 15) {
                case 0 -> new Kick(code, "");
                case 1 -> new ErrorPacket(code, "");
                case 2 -> new GoAway(code, how, how, List.of(how > 127 ? "tcp://127.0.0.1:2" : "?"), "");
                case 3 -> new Presence(new UserId("bob"), true, how);
                case 4 -> new Count(Lane.CHAT, how >> 4);
                case 5 -> new SyncPage(0, how, 0, 1, true);
                case 6 -> Scene.fromBob(1 + (how >> 4));
                case 7 -> Scene.fromBob(1 + (how >> 4), Lane.EPHEMERAL);
                case 8 -> new Position(how);
                case 9 -> new Ping(how);
                case 10 -> new Pong(how);
                case 11 -> new Read(null, scene.client.instance(), ranges(how));
                case 12 -> new SendResult(how, ReasonCode.OK, ranges(how));
                case 13 -> new Count(Lane.BULK, how >> 4);
                case 14 -> LoginResult.refused(ReasonCode.SERVER_BUSY, "", how);
                default -> scene.accepted();
            };
        }
    }

    private static ReasonCode refusal(int how) {
        ReasonCode code = CODES[how % CODES.length];
        return code == ReasonCode.OK ? ReasonCode.SERVER_BUSY : code;
    }

    /** Some bytes of a message from bob of up to 6 KB, the last of them where the offset's top bit is set. */
    private static Chunk chunk(int how, int offset, int size) {
        Message message = Message.of(
                        new MessageId(Scene.BOB, 20 + (how & 7)),
                        Address.user("alice"),
                        Payload.of(new byte[200 * (how & 31)]))
                .withServerFields(Address.user("bob"), null, 0, 1);
        ByteBuffer body = BinaryPacketCodec.V1.encode(message).body();
        int at = Math.min(body.remaining(), 16 * (offset & 127));
        byte[] slice = new byte[Math.min(16 * size, body.remaining() - at)];
        body.position(at).get(slice);
        return slice.length == 0
                ? new Chunk(message.id(), 0, true, Payload.empty())
                : new Chunk(message.id(), at, offset >= 128, Payload.of(slice));
    }

    /** With so many bytes changed, at most seven; the script says which, and how. */
    private static Frame harmed(Packet packet, int changes, ByteBuffer script) {
        byte[] bytes = BinaryPacketCodec.V1.encode(packet).array().clone();
        for (int i = changes & 7; i > 0; i--) {
            bytes[3 + next(script) % (bytes.length - 3)] = (byte) next(script);
        }
        return Frame.wrap(bytes);
    }

    private static int next(ByteBuffer script) {
        return script.hasRemaining() ? script.get() & 0xFF : 0;
    }
}
