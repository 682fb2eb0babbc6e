// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Reassembler;
import io.hongyan.protocol.packet.ReassemblyBudget;
import io.hongyan.protocol.packet.SendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ClientSendTest {

    private static final Address BOB = Address.user("bob");

    @Test
    void stageCompletesAtTheAwaitedLevel() {
        Scene scene = Scene.online();
        CompletableFuture<Receipt> accepted = scene.client.send("bob", "hi").toCompletableFuture();
        CompletableFuture<Receipt> delivered =
                scene.client.send("bob", "hi", ReceiptLevel.DELIVERED).toCompletableFuture();
        scene.loop.run();
        scene.accept(1, 2);
        assertThat(accepted).isCompletedWithValue(new Receipt(1, ReasonCode.OK, ReceiptLevel.ACCEPTED));
        assertThat(delivered).isNotDone();
        scene.deliver(1, 2);
        assertThat(delivered).isCompletedWithValue(new Receipt(2, ReasonCode.OK, ReceiptLevel.DELIVERED));
    }

    @Test
    void refusalIsAValue() {
        Scene scene = Scene.online();
        CompletableFuture<Receipt> sent = scene.client.send("bob", "hi").toCompletableFuture();
        scene.loop.run();
        scene.refuse(ReasonCode.INBOX_FULL, 1, 1);
        assertThat(sent).isCompletedWithValue(new Receipt(1, ReasonCode.INBOX_FULL, null));
        assertThat(sent.join().succeeded()).isFalse();
    }

    @Test
    void deliveredWithoutAcceptedSaysBothOnce() {
        Scene scene = Scene.online();
        scene.post(2);
        scene.deliver(1, 2);
        scene.accept(1, 2);
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-2", "DELIVERED 1-2");
    }

    @Test
    void durableServerAnswersStored() {
        Scene scene = Scene.connecting(options -> options);
        scene.capabilities = 1;
        scene.login();
        assertThat(scene.client.storesDurably()).isTrue();
        CompletableFuture<Receipt> sent =
                scene.client.send("bob", "hi", ReceiptLevel.STORED).toCompletableFuture();
        scene.loop.run();
        scene.accept(1, 1);
        assertThat(sent).isCompletedWithValue(new Receipt(1, ReasonCode.OK, ReceiptLevel.STORED));
    }

    @Test
    void receiptsOfOtherInstancesAndUnknownCountersAreIgnored() {
        Scene scene = Scene.online();
        scene.post(2);
        scene.link()
                .receive(
                        new SendResult(scene.client.instance() + 1, ReasonCode.OK, CounterRanges.of(1, 2)),
                        new SendResult(scene.client.instance(), ReasonCode.OK, CounterRanges.of(3, 60_000)),
                        new Delivered(scene.client.instance(), CounterRanges.of(1L << 40, (1L << 40) + 60_000)));
        assertThat(scene.receipts).isEmpty();
    }

    @Test
    void burstFromAnotherThreadMakesOneTaskAndOneFlush() {
        Scene scene = Scene.online();
        int tasks = scene.loop.executed;
        int flushes = scene.link().flushes;
        scene.post(500);
        assertThat(scene.loop.executed - tasks).isEqualTo(1);
        assertThat(scene.link().flushes - flushes).isEqualTo(1);
        assertThat(scene.link().sentCounters()).hasSize(500);
    }

    @Test
    void answersGivenInAReadBatchLeaveWithItsCountInOneFlush() {
        List<ImClient> answering = new ArrayList<>();
        Scene scene = Scene.online(options ->
                options.onMessage(message -> answering.get(0).post(BOB, Payload.text("yes"), SendOptions.text())));
        answering.add(scene.client);
        int flushes = scene.link().flushes;
        int tasks = scene.loop.executed;
        scene.link().receive(Scene.fromBob(1, 10));
        assertThat(scene.link().sentCounters()).hasSize(10);
        assertThat(scene.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 10));
        assertThat(scene.link().flushes - flushes).isEqualTo(1);
        assertThat(scene.loop.executed - tasks).isZero();
    }

    @Test
    void noMoreThanTheWindowIsUnderWay() {
        Scene scene = Scene.online();
        scene.post(3_000);
        assertThat(scene.link().sentCounters()).hasSize(1_024);
        scene.accept(1, 100);
        assertThat(scene.link().sentCounters()).hasSize(1_124);
        scene.accept(102, 1_124);
        assertThat(scene.link().sentCounters()).as("101 is missing").hasSize(1_124);
        scene.accept(101, 101);
        assertThat(scene.link().sentCounters())
                .isEqualTo(LongStream.rangeClosed(1, 2_148).boxed().toList());
    }

    @Test
    void fullWindowIsSaidAndRoomIsTold() {
        List<String> told = new ArrayList<>();
        Scene scene = Scene.online(options -> options.window(10, 1 << 20).onWritable(() -> told.add("writable")));
        for (int i = 0; i < 10; i++) {
            assertThat(scene.client.post(BOB, Payload.text("m"), SendOptions.text()))
                    .isEqualTo(i + 1);
        }
        assertThat(scene.client.post(BOB, Payload.text("m"), SendOptions.text()))
                .isEqualTo(ImClient.BACKPRESSURED);
        assertThat(scene.client.send("bob", "m").toCompletableFuture())
                .isCompletedWithValue(new Receipt(0, ReasonCode.BACKPRESSURED, null));
        scene.loop.run();
        scene.accept(1, 4);
        assertThat(told).isEmpty();
        scene.accept(5, 5);
        assertThat(told).containsExactly("writable");
        scene.accept(6, 10);
        assertThat(told).hasSize(1);
        assertThat(scene.client.post(BOB, Payload.text("m"), SendOptions.text()))
                .isEqualTo(11);
    }

    @Test
    void windowIsBoundedInBytesButOneLargeMessagePasses() {
        Scene scene = Scene.online(options -> options.window(100, 1_000));
        assertThat(scene.client.post(BOB, Payload.of(new byte[5_000]), SendOptions.binary()))
                .isEqualTo(1);
        assertThat(scene.client.post(BOB, Payload.text("m"), SendOptions.text()))
                .isEqualTo(ImClient.BACKPRESSURED);
        scene.loop.run();
        scene.accept(1, 1);
        assertThat(scene.client.post(BOB, Payload.text("m"), SendOptions.text()))
                .isEqualTo(2);
    }

    @Test
    void fullLaneWaitsForRoom() {
        Scene scene = Scene.online();
        scene.link().blockAfter(3);
        scene.post(10);
        assertThat(scene.link().sentCounters()).containsExactly(1L, 2L, 3L);
        scene.link().unblock();
        assertThat(scene.link().sentCounters()).hasSize(10);
    }

    @Test
    void chatPassesBulkThatHasNoRoom() {
        Scene scene = Scene.online();
        scene.link().block(Lane.BULK);
        scene.client.post(BOB, Payload.text("bulk"), SendOptions.text().lane(Lane.BULK));
        scene.client.post(BOB, Payload.text("chat"), SendOptions.text());
        scene.loop.run();
        assertThat(scene.link().sentCounters()).containsExactly(2L);
        scene.link().unblock();
        assertThat(scene.link().sentCounters()).containsExactly(2L, 1L);
        assertThat(scene.link().lanes).endsWith(Lane.CHAT, Lane.BULK);
    }

    @Test
    void messageTooLargeForAFrameTravelsInChunksBetweenWhichChatPasses() {
        Scene scene = Scene.connecting(options -> options);
        scene.maxFrameBytes = 8_192;
        scene.login();
        scene.link().blockAfter(2);
        byte[] content = new byte[20_000];
        content[19_999] = 1;
        scene.client.post(BOB, Payload.of(content), SendOptions.binary());
        scene.loop.run();
        scene.post(1);
        assertThat(scene.link().sent(Chunk.class)).hasSize(2);
        scene.link().unblock();
        assertThat(scene.link().sentCounters()).containsExactly(2L);
        List<Chunk> chunks = scene.link().sent(Chunk.class);
        assertThat(scene.link().sent.indexOf(chunks.get(4))).isGreaterThan(2);
        Reassembler reassembler = new Reassembler(1 << 20, new ReassemblyBudget(1 << 20));
        Message whole = null;
        for (Chunk chunk : chunks) {
            if (reassembler.add(chunk) instanceof Reassembler.Outcome.Whole complete) {
                whole = complete.message();
            }
        }
        assertThat(whole).isNotNull();
        assertThat(whole.payload().toByteArray()).isEqualTo(content);
        assertThat(whole.id().counter()).isEqualTo(1);
    }

    @Test
    void refusedMessageStopsItsChunks() {
        Scene scene = Scene.connecting(options -> options);
        scene.maxFrameBytes = 4_096;
        scene.login();
        scene.link().blockAfter(2);
        scene.client.post(BOB, Payload.of(new byte[100_000]), SendOptions.binary());
        scene.loop.run();
        scene.refuse(ReasonCode.REASSEMBLY_FULL, 1, 1);
        scene.link().unblock();
        List<Chunk> chunks = scene.link().sent(Chunk.class);
        assertThat(chunks).hasSize(3);
        assertThat(chunks.get(2).isGivenUp()).isTrue();
        assertThat(scene.receipts).containsExactly("REASSEMBLY_FULL 1-1");
    }

    @Test
    void messageLargerThanTheServerTakesIsRefusedHere() {
        Scene scene = Scene.connecting(options -> options);
        scene.maxMessageBytes = 1_000;
        CompletableFuture<Receipt> sent = scene.client
                .send(BOB, Payload.of(new byte[1_001]), SendOptions.binary())
                .toCompletableFuture();
        assertThat(scene.client.maxMessageBytes()).isZero();
        scene.login();
        scene.post(1);
        assertThat(sent).isCompletedWithValue(new Receipt(1, ReasonCode.MESSAGE_TOO_LARGE, null));
        assertThat(scene.client.maxMessageBytes()).isEqualTo(1_000);
        sent = scene.client
                .send(BOB, Payload.of(new byte[1_001]), SendOptions.binary())
                .toCompletableFuture();
        scene.loop.run();
        assertThat(sent).isCompletedWithValue(new Receipt(3, ReasonCode.MESSAGE_TOO_LARGE, null));
        assertThat(scene.link().sentCounters()).containsExactly(2L);
        assertThat(scene.receipts).containsExactly("MESSAGE_TOO_LARGE 1-1", "MESSAGE_TOO_LARGE 3-3");
    }

    @Test
    void ephemeralIsWrittenOrGone() {
        Scene scene = Scene.online();
        SendOptions ephemeral = SendOptions.text().lane(Lane.EPHEMERAL);
        CompletableFuture<Receipt> sent =
                scene.client.send(BOB, Payload.text("typing"), ephemeral).toCompletableFuture();
        scene.loop.run();
        assertThat(sent).isCompletedWithValue(new Receipt(1, ReasonCode.OK, null));
        assertThat(scene.link().lanes).endsWith(Lane.EPHEMERAL);
        scene.link().block(Lane.EPHEMERAL);
        sent = scene.client.send(BOB, Payload.text("typing"), ephemeral).toCompletableFuture();
        scene.loop.run();
        assertThat(sent).isCompletedWithValue(new Receipt(2, ReasonCode.BACKPRESSURED, null));
        scene.post(1);
        assertThat(scene.link().sentCounters()).containsExactly(1L, 3L);
    }

    @Test
    void messagesGivenBeforeTheLoginFollowIt() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(3);
        assertThat(scene.link().sent).hasSize(1);
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void optionsTravelWithTheMessage() {
        Scene scene = Scene.online();
        scene.client.post(
                Address.group("choir"),
                Payload.text("x"),
                SendOptions.text().type(7).ttlSeconds(9));
        scene.loop.run();
        Message message = scene.link().sent(Message.class).get(0);
        assertThat(message.type()).isEqualTo(7);
        assertThat(message.ttlSeconds()).isEqualTo(9);
        assertThat(message.to()).isEqualTo(Address.group("choir"));
        assertThat(message.id().instance()).isEqualTo(scene.client.instance());
    }
}
