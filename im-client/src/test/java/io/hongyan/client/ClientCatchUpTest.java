// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.limit.TokenBucket;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.SendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ClientCatchUpTest {

    private static final Address BOB = Address.user("bob");

    private final List<Long> taken = new ArrayList<>();
    private int read;

    @Test
    void whatWasQueuedBeforeTheLoginComesThroughAServerWithDefaultLimitsInOrder() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(1_000);
        scene.login();
        serve(scene, new TokenBucket(50, 200, scene.loop.nanoTime()), Duration.ofSeconds(20));
        assertThat(taken).isEqualTo(counters(1, 1_000));
        assertThat(scene.receipts).allMatch(receipt -> receipt.startsWith("ACCEPTED"));
    }

    @Test
    void repetitionsRefusedByAServerThatBeganAnewComeThroughInOrder() {
        Scene scene = Scene.online();
        for (int i = 0; i < 300; i++) {
            scene.client.post(BOB, Payload.text("m"), SendOptions.text().awaiting(ReceiptLevel.DELIVERED));
        }
        scene.loop.run();
        scene.accept(1, 300);
        scene.comeBack();
        scene.login();
        serve(scene, new TokenBucket(50, 200, scene.loop.nanoTime()), Duration.ofSeconds(5));
        assertThat(taken).isEqualTo(counters(1, 300));
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-300");
        scene.deliver(1, 300);
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-300", "DELIVERED 1-300");
    }

    @Test
    void nothingNewOvertakesWhatIsAskedAgain() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(10);
        scene.login();
        scene.accept(1, 5);
        scene.refuse(ReasonCode.THROTTLED, 6, 10);
        scene.post(2);
        assertThat(scene.link().sentCounters()).isEqualTo(counters(1, 10));
        scene.advance(Duration.ofMillis(999));
        assertThat(scene.link().sentCounters()).isEqualTo(counters(1, 10));
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.link().sentCounters().subList(10, 17)).isEqualTo(counters(6, 12));
    }

    @Test
    void whatWaitsBehindWhatIsAskedAgainIsAskedAgainToo() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(2);
        scene.login();
        scene.refuse(ReasonCode.THROTTLED, 1, 2);
        scene.post(1);
        scene.advance(Duration.ofSeconds(1));
        scene.accept(1, 2);
        scene.refuse(ReasonCode.THROTTLED, 3, 3);
        scene.advance(Duration.ofSeconds(1));
        scene.accept(3, 3);
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-2", "ACCEPTED 3-3");
    }

    @Test
    void pauseBeginsWhenAllUnderWayIsAnswered() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(10);
        scene.login();
        scene.refuse(ReasonCode.THROTTLED, 6, 8);
        scene.advance(Duration.ofSeconds(10));
        assertThat(scene.link().sentCounters()).hasSize(10);
        scene.accept(1, 5);
        scene.refuse(ReasonCode.THROTTLED, 9, 10);
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.link().sentCounters().subList(10, 15)).isEqualTo(counters(6, 10));
    }

    @Test
    void messageSentWhileOnlineIsToldThatItWasThrottled() {
        Scene scene = Scene.online();
        scene.comeBack();
        scene.login();
        scene.post(1);
        scene.refuse(ReasonCode.THROTTLED, 1, 1);
        assertThat(scene.receipts).containsExactly("THROTTLED 1-1");
        scene.advance(Duration.ofSeconds(10));
        assertThat(scene.link().sentCounters()).containsExactly(1L);
    }

    @Test
    void refusedMessageIsNotSentBehindALaterOneToTheSameRecipient() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(3);
        scene.client.post(Address.user("carol"), Payload.text("m"), SendOptions.text());
        scene.loop.run();
        scene.login();
        scene.accept(1, 1);
        scene.accept(3, 3);
        scene.refuse(ReasonCode.THROTTLED, 2, 2);
        scene.refuse(ReasonCode.THROTTLED, 4, 4);
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.receipts).contains("THROTTLED 2-2");
        assertThat(scene.link().sentCounters()).containsExactly(1L, 2L, 3L, 4L, 4L);
    }

    @Test
    void largeMessageMayComeBehindASmallOne() {
        Scene scene = Scene.connecting(options -> options);
        scene.maxFrameBytes = 4_096;
        scene.client.post(BOB, Payload.of(new byte[20_000]), SendOptions.binary());
        scene.post(1);
        scene.login();
        scene.accept(2, 2);
        scene.refuse(ReasonCode.THROTTLED, 1, 1);
        scene.advance(Duration.ofSeconds(1));
        scene.accept(1, 1);
        assertThat(scene.receipts).containsExactly("ACCEPTED 2-2", "ACCEPTED 1-1");
    }

    @Test
    void serverThatTakesNothingIsBelievedAtLast() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(2);
        scene.login();
        for (int i = 0; i <= CatchUp.MOST_VAIN_PAUSES; i++) {
            assertThat(scene.receipts).isEmpty();
            scene.refuse(ReasonCode.THROTTLED, 1, 2);
            scene.advance(Duration.ofSeconds(1));
        }
        assertThat(scene.receipts).containsExactly("THROTTLED 1-1", "THROTTLED 2-2");
        assertThat(scene.client.isConnected()).isTrue();
    }

    @Test
    void repetitionWithoutRoomIsAskedAgainSoManyTimes() {
        Scene scene = Scene.online();
        CompletableFuture<Receipt> sent =
                scene.client.send("bob", "hi", ReceiptLevel.DELIVERED).toCompletableFuture();
        scene.loop.run();
        scene.accept(1, 1);
        scene.comeBack();
        scene.login();
        for (int i = 0; i <= CatchUp.MOST_ASKED; i++) {
            assertThat(sent).isNotDone();
            scene.refuse(ReasonCode.BACKPRESSURED, 1, 1);
            scene.advance(Duration.ofMillis(200));
        }
        assertThat(scene.link().sentCounters()).hasSize(CatchUp.MOST_ASKED + 1);
        assertThat(sent).isCompletedWithValue(new Receipt(1, ReasonCode.BACKPRESSURED, ReceiptLevel.ACCEPTED));
    }

    @Test
    void chunksOfARefusedRepetitionStopAndBeginAgain() {
        Scene scene = Scene.connecting(options -> options);
        scene.maxFrameBytes = 4_096;
        scene.login();
        SendOptions photo = SendOptions.binary().awaiting(ReceiptLevel.DELIVERED);
        scene.client.post(BOB, Payload.of(new byte[20_000]), photo);
        scene.loop.run();
        scene.accept(1, 1);
        scene.comeBack();
        scene.login();
        TestConnection link = scene.link();
        int whole = link.sent(Chunk.class).size();
        scene.refuse(ReasonCode.REASSEMBLY_FULL, 1, 1);
        scene.advance(Duration.ofSeconds(1));
        assertThat(link.sent(Chunk.class)).hasSize(2 * whole);
        scene.comeBack();
        scene.link().blockAfter(2);
        scene.login();
        scene.refuse(ReasonCode.REASSEMBLY_FULL, 1, 1);
        scene.link().unblock();
        List<Chunk> chunks = scene.link().sent(Chunk.class);
        assertThat(chunks).hasSize(3);
        assertThat(chunks.get(2).isGivenUp()).isTrue();
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.link().sent(Chunk.class)).hasSize(3 + whole);
    }

    @Test
    void linkLostInAPauseBeginsAnewAtOnce() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(2);
        scene.login();
        scene.refuse(ReasonCode.THROTTLED, 1, 2);
        scene.comeBack();
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L, 2L);
        scene.advance(Duration.ofSeconds(10));
        assertThat(scene.link().sentCounters()).containsExactly(1L, 2L);
    }

    @Test
    void closingInAPauseLeavesNoTimer() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(2);
        scene.login();
        scene.refuse(ReasonCode.THROTTLED, 1, 2);
        scene.client.closeAsync();
        scene.advance(Duration.ofSeconds(10));
        assertThat(scene.receipts).containsExactly("CLOSED_LOCALLY 1-2");
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void newLinkGetsSoManyAtFirstAndMoreAsItAnswers() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(1_000);
        scene.login();
        assertThat(scene.link().sentCounters()).hasSize(64);
        scene.accept(1, 64);
        assertThat(scene.link().sentCounters()).hasSize(64 + 128);
        scene.accept(65, 192);
        assertThat(scene.link().sentCounters()).isEqualTo(counters(1, 192 + 256));
    }

    /** A server with such a rate of messages, 20 ms away. */
    private void serve(Scene scene, TokenBucket bucket, Duration time) {
        for (long millis = 0; millis < time.toMillis(); millis += 20) {
            List<Message> sent = scene.link().sent(Message.class);
            CounterRanges.Builder accepted = new CounterRanges.Builder();
            CounterRanges.Builder refused = new CounterRanges.Builder();
            for (Message message : sent.subList(read, sent.size())) {
                long counter = message.id().counter();
                if (bucket.take(scene.loop.nanoTime())) {
                    taken.add(counter);
                    accepted.add(counter);
                } else {
                    refused.add(counter);
                }
            }
            read = sent.size();
            answer(scene, ReasonCode.OK, accepted);
            answer(scene, ReasonCode.THROTTLED, refused);
            scene.advance(Duration.ofMillis(20));
        }
    }

    private static void answer(Scene scene, ReasonCode code, CounterRanges.Builder ranges) {
        if (!ranges.isEmpty()) {
            scene.link().receive(new SendResult(scene.client.instance(), code, ranges.build()));
        }
    }

    private static List<Long> counters(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }
}
