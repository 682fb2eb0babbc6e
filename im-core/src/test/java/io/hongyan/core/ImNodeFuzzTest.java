// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestConnection;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.Resume;
import io.hongyan.protocol.packet.Subscribe;
import io.hongyan.protocol.packet.Sync;
import io.hongyan.protocol.packet.UserId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole sessions of clients that send any packets, frames and chunks in any order, beside two that chat. Theirs arrives
 * exactly once and in order, whatever the others do; each of the others' links ends with a code, and nothing is left of
 * them in memory.
 */
@Tag("once")
final class ImNodeFuzzTest {
    private static final InetSocketAddress HOME = new InetSocketAddress("127.0.0.1", 40_000);
    private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("10.6.6.6", 666);
    private static final int MOST_STEPS_AT_ONCE = 16;
    private static final int PING_MILLIS = 30_000;
    /** Below what the rates let through at once. */
    private static final int MOST_TEXTS = 150;

    /** First byte: with or without rates. Then a step each two bytes and what it reads. */
    @MethodSource
    @FuzzTest
    void othersDoNotHarmThoseWhoChat(byte[] input) {
        if (input.length == 0) {
            return;
        }
        ByteBuffer script = ByteBuffer.wrap(input);
        Chat chat = new Chat((script.get() & 1) == 1);
        for (int steps = 0; script.remaining() >= 2; steps++) {
            chat.step(script.get() & 0xFF, script.get() & 0xFF, script);
            if (steps % MOST_STEPS_AT_ONCE == 0) {
                chat.fixture.world.settle();
            }
        }
        chat.end();
    }

    static Stream<byte[]> othersDoNotHarmThoseWhoChat() {
        return Stream.of(
                bytes(0, 7, 0, 7, 1, 5, 0, 7, 0),
                bytes(1, 0, 0, 1, 0, 13, 1, 0, 20, 13, 2, 1, 20, 5, 0, 7, 0, 4, 0, 7, 1),
                // Chunks of a message to bob that take turns with another, one given up, one that goes wrong.
                bytes(0, 0, 1, 1, 1, 11, 1, 0, 40, 11, 2, 0, 40, 11, 1, 40, 9, 11, 2, 128, 0, 5, 0, 7, 0),
                // Counts that are right and wrong, a double login, a resume.
                bytes(0, 0, 0, 1, 0, 14, 0, 5, 0, 12, 1, 12, 9, 5, 0, 0, 0, 1, 0, 5, 0, 15, 0, 0, 15, 9, 5, 0),
                // Every sample, harmed or not.
                bytes(0, 0, 0, 1, 0, 2, 0, 0, 2, 1, 0, 2, 2, 0, 2, 3, 0, 2, 4, 0, 2, 5, 0, 2, 6, 0, 2, 7, 0, 5, 0),
                bytes(0, 0, 0, 1, 0, 2, 0, 1, 9, 255, 2, 3, 2, 5, 1, 6, 7, 5, 0, 7, 0),
                // Raw frames: unknown, optional, counted; hanging links, slow readers, time.
                bytes(0, 0, 0, 3, 0xFF, 3, 1, 2, 3, 3, 0x3F, 0, 5, 0, 9, 1, 13, 1, 0, 5, 6, 200, 9, 0, 5, 0),
                bytes(1, 0, 2, 1, 2, 13, 1, 3, 60, 10, 0, 13, 1, 0, 9, 5, 0, 10, 1, 5, 0, 6, 255, 7, 0, 7, 1));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A node, alice and bob, and four links of others. */
    private static final class Chat {
        private final NodeFixture fixture = new NodeFixture();
        private final TestClient alice;
        private final TestClient bob;
        private final List<String> toAlice = new ArrayList<>();
        private final List<String> toBob = new ArrayList<>();
        private final List<Other> others = new ArrayList<>();
        private final Other[] links = new Other[4];
        private int texts;

        Chat(boolean rated) {
            ServerLimits.Builder limits = ServerLimits.builder()
                    .maxMessageBytes(100_000)
                    .reassemblyBytes(1 << 20)
                    .strangers(8);
            fixture.start(builder -> builder.authenticator(login -> CompletableFuture.completedStage(
                            login.remoteAddress().equals(HOME)
                                            == List.of("alice", "bob")
                                                    .contains(login.user().value())
                                    ? AuthResult.accept()
                                    : AuthResult.reject("not here")))
                    .limits((rated ? limits : limits.noRateLimits()).build()));
            alice = fixture.in("alice", 0);
            bob = fixture.in("bob", 1);
            assertThat(alice.isOpen() && bob.isOpen()).isTrue();
        }

        void step(int what, int how, ByteBuffer script) {
            int link = what >> 4 & 3;
            switch (what & 15) {
                case 0 -> connect(link, how);
                case 1 -> with(link, other -> other.send(login(link, how)));
                case 2 -> {
                    Frame frame = harmed(sample(how, links[link]), next(script), script);
                    with(link, other -> other.send(frame));
                }
                case 3 -> {
                    byte[] body = new byte[Math.min(next(script), script.remaining())];
                    script.get(body);
                    with(link, other -> other.send(Frame.of(how, body)));
                }
                case 4 -> with(link, other -> other.connection.cut());
                case 5 -> fixture.world.settle();
                case 6 -> pass(how * how);
                case 7 -> text(how);
                case 8 -> fixture.world.holdWorkers((how & 1) == 1);
                case 9 -> with(link, other -> other.connection.block(Lane.CHAT, (how & 1) == 1));
                case 10 -> {
                    TestWorld.TaskQueue loop = fixture.world.owner(how & 1).queue();
                    if ((how & 2) == 0) {
                        loop.release();
                    } else {
                        loop.hold();
                    }
                }
                case 11 -> {
                    int offset = next(script);
                    int size = next(script);
                    with(link, other -> other.send(chunk(how, offset, size)));
                }
                case 12 -> with(link, other -> other.send(new Count(Lane.CHAT, how - 2)));
                case 13 -> {
                    int to = next(script);
                    int size = next(script);
                    with(link, other -> other.send(message(how, to, size)));
                }
                case 14 -> with(link, Other::tellTrueCount);
                default -> with(link, other -> other.send(other.resume(how)));
            }
        }

        private void connect(int link, int how) {
            Other before = links[link];
            if (before != null && (how & 2) == 0) {
                before.connection.cut();
            }
            Other other = new Other();
            other.connection = new TestConnection(
                    fixture.world.owner(how & 1), (how & 4) != 0, fixture.world.queue(), other, ELSEWHERE);
            other.connection.open(fixture.node());
            other.before = before;
            links[link] = other;
            others.add(other);
        }

        private void with(int link, Consumer<Other> action) {
            if (links[link] != null) {
                action.accept(links[link]);
            }
        }

        private void text(int how) {
            if (texts++ < MOST_TEXTS) {
                String text = "text " + texts;
                if ((how & 1) == 0) {
                    toBob.add(text);
                    alice.text("bob", text);
                } else {
                    toAlice.add(text);
                    bob.text("alice", text);
                }
            }
        }

        /** Time passes, in which the two keep their links alive. */
        private void pass(int millis) {
            releaseLoops();
            for (int left = millis; left > 0; left -= PING_MILLIS) {
                alice.send(new Ping(left));
                bob.send(new Ping(left));
                fixture.world.advanceMillis(Math.min(left, PING_MILLIS));
            }
        }

        private void releaseLoops() {
            fixture.world.owner(0).queue().release();
            fixture.world.owner(1).queue().release();
        }

        void end() {
            fixture.world.holdWorkers(false);
            releaseLoops();
            fixture.world.settle();
            text(0);
            text(1);
            fixture.world.settle();
            pass(60_000);
            checkChat();
            others.forEach(other -> other.connection.cut());
            pass(200_000);
            for (Other other : others) {
                assertThat(other.closes).hasSize(1).allMatch(ReasonCode::endsConnection);
            }
            checkChat();
            ImNode.Holdings left = fixture.node().holdings();
            assertThat(left.sessions()).isEqualTo(2);
            assertThat(left.connections()).isEqualTo(2);
            assertThat(left.reassemblyBytes()).isZero();
            assertThat(left.bulkBytes()).isZero();
            assertThat(fixture.counts.of(Metric.CALLBACKS_FAILED)).isZero();
        }

        private void checkChat() {
            checkOne(alice, bob, toBob);
            checkOne(bob, alice, toAlice);
        }

        private static void checkOne(TestClient from, TestClient to, List<String> sent) {
            List<String> heard = to.messages.stream()
                    .filter(message -> message.from().equals(Address.user(from.user())))
                    .map(message -> message.payload().text())
                    .toList();
            assertThat(heard).isEqualTo(sent);
            assertThat(to.doubles()).isZero();
            assertThat(from.unanswered()).isEmpty();
            assertThat(from.results.values()).allMatch(code -> code == ReasonCode.OK);
            assertThat(from.closes).isEmpty();
            assertThat(from.isOpen()).isTrue();
        }
    }

    /** One link of somebody else. What comes back is looked at, since no one may be sent what he cannot read. */
    private static final class Other implements TestConnection.Peer {
        private final List<ReasonCode> closes = new ArrayList<>();
        private TestConnection connection;
        private Other before;
        private LoginResult login;
        private int counted;

        void send(Packet packet) {
            send(BinaryPacketCodec.V1.encode(packet));
        }

        void send(Frame frame) {
            connection.send(List.of(new TestConnection.Travelling(Lane.CHAT, frame)));
        }

        void tellTrueCount() {
            send(new Count(Lane.CHAT, counted));
        }

        /** Of this link's session, of the one before, or of none. */
        Resume resume(int how) {
            LoginResult result = (how & 1) == 0 && before != null ? before.login : login;
            int counts = how >> 4;
            return result == null || (how & 2) != 0
                    ? new Resume(1 + how, 2, 3, counts, 0)
                    : new Resume(
                            result.sessionId(),
                            result.secretHigh(),
                            result.secretLow(),
                            counts,
                            (how & 4) == 0 ? 0 : how);
        }

        @Override
        public void onFrames(List<TestConnection.Travelling> frames) {
            assertThat(closes).as("nothing comes behind the end").isEmpty();
            for (TestConnection.Travelling travelling : frames) {
                Frame frame = travelling.frame();
                assertThat(frame.length()).isLessThanOrEqualTo(65_536);
                Packet packet = BinaryPacketCodec.V1.decode(frame.type(), frame.body());
                if (packet instanceof LoginResult result && result.isAccepted()) {
                    login = result;
                }
                if (frame.counted()) {
                    counted++;
                }
            }
        }

        @Override
        public void onClosed(ReasonCode code) {
            closes.add(code);
        }
    }

    private static Login login(int link, int how) {
        String user = how == 255 ? "alice" : "other" + (how & 1);
        return new Login(new UserId(user), new DeviceId("d" + (how >> 1 & 3)), "", "", link, how >> 4);
    }

    private static Address address(int to) {
        return switch (to % 7) {
            case 0 -> Address.user("alice");
            case 1 -> Address.user("bob");
            case 2 -> Address.device("bob", "phone");
            case 3 -> Address.user("other" + (to & 1));
            case 4 -> Address.group("friends");
            case 5 -> Address.user("nobody");
            default -> Address.server();
        };
    }

    private static Message message(int how, int to, int size) {
        Lane lane = Lane.values()[(how >> 5 & 3) % 3];
        byte[] payload = new byte[lane == Lane.EPHEMERAL ? size : size * 8];
        return Message.of(new MessageId(how >> 7, 1 + (how & 31)), address(to), Payload.of(payload))
                .withLane(lane)
                .withTtlSeconds(to >> 4);
    }

    /** Some bytes of a message of up to 6 KB, the last of them where the offset's top bit is set. */
    private static Chunk chunk(int how, int offset, int size) {
        MessageId id = new MessageId(3, 1 + (how & 7));
        byte[] body = bodyOf(Message.of(id, address(how >> 3), Payload.of(new byte[200 * (how & 31)]))
                .withLane(Lane.BULK));
        int at = 16 * (offset & 127);
        byte[] slice = Arrays.copyOfRange(body, Math.min(at, body.length), Math.min(body.length, at + 16 * size));
        boolean last = offset >= 128;
        return slice.length == 0 ? new Chunk(id, 0, true, Payload.empty()) : new Chunk(id, at, last, Payload.of(slice));
    }

    private static byte[] bodyOf(Message message) {
        ByteBuffer body = BinaryPacketCodec.V1.encode(message).body();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return bytes;
    }

    private static Packet sample(int how, Other other) {
        MessageId id = new MessageId(how >> 5, 1 + (how >> 3 & 3));
        return switch (how & 15) {
            case 0 -> Message.text(id, Address.user("bob"), "x");
            case 1 -> Message.text(id, Address.device("bob", "phone"), "x").withLane(Lane.BULK);
            case 2 -> Message.text(id, Address.user("alice"), "x").withLane(Lane.EPHEMERAL);
            case 3 -> new Count(Lane.CHAT, how >> 4);
            case 4 -> new Chunk(id, 10 * (how >> 4 & 1), how > 127, Payload.of(new byte[10]));
            case 5 -> new Login(new UserId("bob"), new DeviceId("phone"), "", "token", id.instance(), 0);
            case 6 -> new Read(null, how >> 4, CounterRanges.of(1 + (how >> 4)));
            case 7 -> new Subscribe((how & 16) != 0, List.of(new UserId("bob"), new UserId("other1")));
            case 8 -> new Sync(how >> 4, 1 + how);
            case 9 -> new Ping(how);
            case 10 -> new Logout();
            case 11 -> other == null ? new Resume(1, 2, 3, 0, 0) : other.resume(how >> 4);
            case 12 -> new Count(Lane.BULK, how >> 4);
            case 13 ->
                Message.text(id, Address.user("bob"), "x")
                        .withServerFields(Address.user("alice"), null, 0, 1_800_000_000_000L);
            case 14 -> Message.text(id, Address.group("friends"), "x");
            default -> Message.text(id, Address.server(), "x");
        };
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
