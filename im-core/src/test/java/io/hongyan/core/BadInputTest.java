// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.Resume;
import io.hongyan.protocol.packet.SendResult;
import io.hongyan.protocol.packet.UserId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients must not send: a code and the end of that session, and nobody else notices. */
final class BadInputTest {
    private final NodeFixture fixture = new NodeFixture();
    private TestClient alice;
    private TestClient bob;

    @BeforeEach
    void open() {
        fixture.open(limits -> limits.maxMessageBytes(100_000));
        alice = fixture.in("alice", 0);
        bob = fixture.in("bob", 1);
    }

    @Test
    void skipsUnknownOptionalFramesAndCountsThemByTheirBit() {
        alice.sendFrame(Frame.of(0x3F | Frame.OPTIONAL | Frame.COUNTED, new byte[3]));
        alice.sendFrame(Frame.of(0x3F | Frame.OPTIONAL, new byte[3]));
        alice.text("bob", "hi");
        fixture.world.settle();
        assertThat(bob.texts()).containsExactly("hi");
        assertThat(lastCount(alice)).isEqualTo(2);
    }

    @Test
    void endsTheSessionOnUnknownFrames() {
        alice.sendFrame(Frame.of(0x3F, new byte[3]));
        expectEnd(ReasonCode.UNKNOWN_PACKET);
    }

    @Test
    void endsTheSessionOnBrokenPackets() {
        alice.sendFrame(Frame.of(0x10 | Frame.COUNTED, new byte[] {1, 2, 3}));
        expectEnd(ReasonCode.MALFORMED_PACKET);
    }

    @Test
    void endsTheSessionOnIdsThatAreNone() {
        Frame frame =
                BinaryPacketCodec.V1.encode(Message.text(new MessageId(alice.instance(), 1), Address.user("bob"), ""));
        for (String id : List.of("@ob", "b\u0001b", "\u00FFob")) {
            byte[] bytes = frame.array().clone();
            replace(bytes, "bob", id.getBytes(StandardCharsets.ISO_8859_1));
            TestClient client = fixture.in("client" + id.hashCode(), 0);
            client.sendFrame(Frame.wrap(bytes));
            fixture.world.settle();
            assertThat(client.closes).as(id).hasSize(1);
            assertThat(client.heard(ErrorPacket.class)).hasSize(1);
        }
        alice.text("bob", "still fine");
        fixture.world.settle();
        assertThat(bob.texts()).containsExactly("still fine");
    }

    @Test
    void refusesALoginWithAnInvalidUserId() {
        Frame frame = BinaryPacketCodec.V1.encode(new Login(new UserId("bob"), new DeviceId("d"), "", "", 1, 0));
        for (String id : List.of("\u00C3\u0028x", "@ob", "b\u0000b")) {
            byte[] bytes = frame.array().clone();
            replace(bytes, "bob", id.getBytes(StandardCharsets.ISO_8859_1));
            TestClient client = fixture.connected("x", 0);
            client.sendFrame(Frame.wrap(bytes));
            fixture.world.settle();
            assertThat(client.heard(ErrorPacket.class)).hasSize(1);
            assertThat(client.closes).hasSize(1).allMatch(code -> code.retry() == ReasonCode.Retry.DO_NOT_COME_BACK);
        }
    }

    @Test
    void endsTheSessionOnPacketsThatOnlyServersSend() {
        alice.send(new SendResult(1, ReasonCode.OK, CounterRanges.of(1)));
        expectEnd(ReasonCode.UNEXPECTED_PACKET);
        TestClient carol = fixture.in("carol", 0);
        carol.send(new Delivered(1, CounterRanges.of(1)));
        fixture.world.settle();
        assertThat(carol.closes).containsExactly(ReasonCode.UNEXPECTED_PACKET);
    }

    @Test
    void endsTheSessionOnCountsOfWhatWasNotSent() {
        alice.send(new Count(Lane.CHAT, 1));
        expectEnd(ReasonCode.PROTOCOL_VIOLATION);
        TestClient carol = fixture.in("carol", 0);
        carol.send(new Count(Lane.BULK, 0));
        fixture.world.settle();
        assertThat(carol.closes).as("bulk is not counted apart on TCP").containsExactly(ReasonCode.PROTOCOL_VIOLATION);
        TestClient dave = fixture.in("dave", 0);
        dave.send(new Count(Lane.CHAT, -1));
        fixture.world.settle();
        assertThat(dave.closes).containsExactly(ReasonCode.PROTOCOL_VIOLATION);
    }

    @Test
    void endsTheSessionOnMessageIdsOfAnotherInstance() {
        alice.send(Message.text(new MessageId(4711, 1), Address.user("bob"), "hi"));
        expectEnd(ReasonCode.PROTOCOL_VIOLATION);
    }

    @Test
    void endsTheSessionOnChunksThatDoNotFollowEachOther() {
        MessageId id = new MessageId(alice.instance(), 1);
        alice.send(new Chunk(id, 0, false, Payload.of(new byte[10])));
        alice.send(new Chunk(id, 20, false, Payload.of(new byte[10])));
        expectEnd(ReasonCode.PROTOCOL_VIOLATION);
        assertThat(fixture.node().holdings().reassemblyBytes()).isZero();
    }

    @Test
    void refusesAMessageThatIsTooLargeAlone() {
        alice.message(Message.of(new MessageId(1, 1), Address.user("bob"), Payload.of(new byte[150_000])));
        alice.text("bob", "hi");
        fixture.world.settle();
        assertThat(alice.results)
                .containsEntry(1L, ReasonCode.MESSAGE_TOO_LARGE)
                .containsEntry(2L, ReasonCode.OK);
        assertThat(bob.texts()).containsExactly("hi");
        assertThat(fixture.node().holdings().reassemblyBytes()).isZero();
    }

    @Test
    void givesUpAMessageWhoseChunksStopComing() {
        MessageId id = new MessageId(alice.instance(), 1);
        alice.send(new Chunk(id, 0, false, Payload.of(new byte[4_000])));
        fixture.world.advanceMillis(20_000);
        alice.send(new Chunk(id, 4_000, false, Payload.of(new byte[4_000])));
        fixture.world.advanceMillis(29_000);
        assertThat(alice.results).isEmpty();
        assertThat(fixture.node().holdings().reassemblyBytes()).isGreaterThanOrEqualTo(8_000);

        fixture.world.advanceMillis(2_000);
        assertThat(alice.results).containsExactlyEntriesOf(Map.of(1L, ReasonCode.REASSEMBLY_FULL));
        assertThat(fixture.node().holdings().reassemblyBytes()).isZero();

        alice.send(new Chunk(id, 8_000, true, Payload.of(new byte[10])));
        alice.send(Message.text(new MessageId(alice.instance(), 2), Address.user("bob"), "hi"));
        fixture.world.settle();
        assertThat(alice.isOpen()).isTrue();
        assertThat(bob.texts()).containsExactly("hi");
        assertThat(lastCount(alice)).as("the late LAST_CHUNK and the text").isEqualTo(2);
    }

    @Test
    void manySessionsThatStopNearTheEndOfALargeMessageStayWithinTheBudget() {
        NodeFixture small = new NodeFixture();
        small.open(limits -> limits.reassemblyBytes(2 * 1024 * 1024));
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            TestClient client = small.in("client" + i, i % 2);
            clients.add(client);
            MessageId id = new MessageId(client.instance(), 1);
            for (int offset = 0; offset < 1_000_000; offset += 50_000) {
                client.send(new Chunk(id, offset, false, Payload.of(new byte[50_000])));
            }
        }
        small.world.settle();
        assertThat(small.node().holdings().reassemblyBytes()).isBetween(1_900_000L, 2L * 1024 * 1024);
        assertThat(clients).allMatch(TestClient::isOpen);
        assertThat(clients)
                .filteredOn(client -> client.results.containsValue(ReasonCode.REASSEMBLY_FULL))
                .hasSize(4);
        small.world.advanceMillis(31_000);
        assertThat(small.node().holdings().reassemblyBytes()).isZero();
        assertThat(clients)
                .allMatch(client -> client.isOpen() && client.results.containsValue(ReasonCode.REASSEMBLY_FULL));
    }

    @Test
    void answersWhatItDoesNotServeAndGoesOn() {
        alice.send(new Resume(1, 2, 3, 0, 0), new Read(null, 1, CounterRanges.of(1)));
        alice.text("bob", "hi");
        alice.send(Address.group("g"), "to a group", Lane.CHAT);
        alice.send(Address.server(), "nobody listens", Lane.CHAT);
        fixture.world.settle();
        assertThat(alice.heard(ErrorPacket.class)).extracting(ErrorPacket::code).containsOnly(ReasonCode.NOT_SUPPORTED);
        assertThat(alice.isOpen()).isTrue();
        assertThat(bob.texts()).containsExactly("hi");
        assertThat(alice.results)
                .containsEntry(2L, ReasonCode.NOT_SUPPORTED)
                .containsEntry(3L, ReasonCode.NOT_SUPPORTED);
        assertThat(lastCount(alice)).as("READ and three messages").isEqualTo(4);
    }

    @Test
    void neverBelievesAForgedSender() {
        alice.send(Message.text(new MessageId(alice.instance(), 1), Address.user("bob"), "I am the boss")
                .withServerFields(Address.user("boss"), "their talk", 7, 8));
        fixture.world.settle();
        assertThat(bob.messages).hasSize(1);
        assertThat(bob.messages.get(0).from()).isEqualTo(Address.user("alice"));
        assertThat(bob.messages.get(0).conversation()).isEqualTo("u5:alice:bob");
        assertThat(bob.messages.get(0).sequence()).isEqualTo(1);
        assertThat(bob.messages.get(0).timeMillis()).isEqualTo(fixture.world.millis());
    }

    @Test
    void survivesMutatedSessions() {
        for (long seed = 1; seed <= 600; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TestClient client = fixture.connected("fuzz" + seed, random.nextInt(2));
            if (random.nextInt(4) > 0) {
                client.login();
            }
            for (int i = random.nextInt(12); i > 0; i--) {
                client.sendFrame(mutated(sample(random, client), random));
            }
            fixture.world.settle();
            client.cut();
            fixture.world.settle();
        }
        alice.text("bob", "still here");
        fixture.world.settle();
        assertThat(bob.texts()).endsWith("still here");
        assertThat(fixture.node().holdings().reassemblyBytes()).isZero();
        assertThat(fixture.node().holdings().sessions()).isEqualTo(2);
        assertThat(fixture.node().holdings().connections()).isEqualTo(2);
    }

    private static Packet sample(SplittableRandom random, TestClient client) {
        MessageId id = new MessageId(client.instance(), 1 + random.nextInt(5));
        return switch (random.nextInt(7)) {
            case 0 -> Message.text(id, Address.user("bob"), "x");
            case 1 -> Message.text(id, Address.device("bob", "phone"), "x").withLane(Lane.BULK);
            case 2 -> new Count(Lane.CHAT, random.nextInt(3));
            case 3 -> new Chunk(id, 10 * random.nextInt(2), random.nextBoolean(), Payload.of(new byte[10]));
            case 4 -> new Login(new UserId("bob"), new DeviceId("d"), "", "", client.instance(), 0);
            case 5 -> new Read(null, 1, CounterRanges.of(1));
            default -> new Resume(1, 2, 3, 0, 0);
        };
    }

    private static Frame mutated(Packet packet, SplittableRandom random) {
        byte[] bytes = BinaryPacketCodec.V1.encode(packet).array().clone();
        for (int i = random.nextInt(4); i > 0; i--) {
            bytes[3 + random.nextInt(bytes.length - 3)] ^= (byte) (1 << random.nextInt(8));
        }
        return Frame.wrap(bytes);
    }

    private void expectEnd(ReasonCode code) {
        fixture.world.settle();
        assertThat(alice.heard(ErrorPacket.class)).extracting(ErrorPacket::code).containsExactly(code);
        assertThat(alice.closes).containsExactly(code);
        assertThat(fixture.node().sessions(new UserId("alice"))).isEmpty();
        assertThat(bob.isOpen()).isTrue();
    }

    private static int lastCount(TestClient client) {
        List<Count> counts = client.heard(Count.class);
        return counts.get(counts.size() - 1).count();
    }

    private static void replace(byte[] bytes, String what, byte[] by) {
        byte[] old = what.getBytes(StandardCharsets.US_ASCII);
        assertThat(by).hasSameSizeAs(old);
        for (int i = 0; i + old.length <= bytes.length; i++) {
            if (bytes[i] == old[0] && bytes[i + 1] == old[1] && bytes[i + 2] == old[2]) {
                System.arraycopy(by, 0, bytes, i, by.length);
                return;
            }
        }
        throw new AssertionError("not found: " + what);
    }
}
