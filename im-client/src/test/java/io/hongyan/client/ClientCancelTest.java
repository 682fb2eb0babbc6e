// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Payload;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a sender takes back, and when it is too late for that. */
class ClientCancelTest {
    private static final Address BOB = Address.user("bob");
    private static final Receipt TAKEN_BACK = new Receipt(1, ReasonCode.CANCELLED, null);

    @Test
    void aClipTakenBackHalfWayEndsWithOneSmallFrame() {
        Scene scene = Scene.online();
        scene.link().blockAfter(3);
        CompletionStage<Receipt> sent = clip(scene);
        CompletableFuture<Receipt> next = scene.client.send("bob", "hi").toCompletableFuture();
        scene.loop.run();
        cancel(scene, sent);
        assertThat(sent.toCompletableFuture()).isCompletedWithValue(TAKEN_BACK);
        scene.link().unblock();
        List<Chunk> chunks = scene.link().sent(Chunk.class);
        assertThat(chunks).as("two before, as a text took the third place").hasSize(3);
        assertThat(chunks.get(2).isGivenUp()).isTrue();
        assertThat(chunks.get(2).id().counter()).isEqualTo(1);
        assertThat(scene.receipts).containsExactly("CANCELLED 1-1");
        scene.accept(2, 2);
        assertThat(next.join().succeeded()).isTrue();
    }

    @Test
    void whatWaitsBehindAnotherClipNeverLeaves() {
        Scene scene = Scene.online();
        scene.link().blockAfter(3);
        clip(scene);
        CompletionStage<Receipt> second = clip(scene);
        scene.loop.run();
        cancel(scene, second);
        scene.link().unblock();
        assertThat(scene.link().sent(Chunk.class)).allMatch(chunk -> chunk.id().counter() == 1);
        assertThat(second.toCompletableFuture().join().code()).isEqualTo(ReasonCode.CANCELLED);
    }

    @Test
    void aPostedMessageIsTakenBackByItsCounter() {
        Scene scene = Scene.connecting(options -> options);
        scene.post(3);
        scene.client.cancel(2);
        scene.loop.run();
        assertThat(scene.receipts).containsExactly("CANCELLED 2-2");
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L, 3L);
        scene.accept(1, 1);
        scene.accept(3, 3);
        assertThat(scene.receipts).containsExactly("CANCELLED 2-2", "ACCEPTED 1-1", "ACCEPTED 3-3");
    }

    @Test
    void whatWasGivenAndTakenBackAtOnceNeverLeaves() {
        Scene scene = Scene.online();
        scene.link().block(Lane.CHAT);
        CompletionStage<Receipt> sent = scene.client.send("bob", "oops");
        cancel(scene, sent);
        scene.link().unblock();
        assertThat(scene.link().sent(Message.class)).isEmpty();
        assertThat(sent.toCompletableFuture()).isCompletedWithValue(TAKEN_BACK);
    }

    @Test
    void itIsTooLateOnceAllHasLeft() {
        Scene scene = Scene.online();
        CompletionStage<Receipt> sent = clip(scene);
        scene.loop.run();
        int frames = scene.link().sent.size();
        cancel(scene, sent);
        assertThat(scene.link().sent).hasSize(frames);
        assertThat(sent.toCompletableFuture()).isNotDone();
        scene.accept(1, 1);
        assertThat(sent.toCompletableFuture().join().succeeded()).isTrue();
        cancel(scene, sent);
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-1");
    }

    /** The server may have had it, and its answer be lost: the client must go on asking. */
    @Test
    void itIsTooLateAlsoWhenWhatLeftIsSentAgain() {
        Scene scene = Scene.online();
        CompletionStage<Receipt> sent = scene.client.send("bob", "hi");
        scene.loop.run();
        scene.link().lose();
        cancel(scene, sent);
        assertThat(sent.toCompletableFuture()).isNotDone();
        scene.advance(Duration.ofSeconds(1));
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L);
        scene.accept(1, 1);
        assertThat(sent.toCompletableFuture().join().succeeded()).isTrue();
    }

    @Test
    void aClipCutOffByALostLinkIsTakenBackWithoutAWord() {
        Scene scene = Scene.online();
        scene.link().blockAfter(3);
        CompletionStage<Receipt> sent = clip(scene);
        scene.loop.run();
        scene.link().lose();
        cancel(scene, sent);
        scene.advance(Duration.ofSeconds(1));
        scene.login();
        assertThat(scene.link().sent(Chunk.class)).isEmpty();
        assertThat(sent.toCompletableFuture()).isCompletedWithValue(TAKEN_BACK);
    }

    @Test
    void whatIsTakenBackMakesRoomInTheWindow() {
        Scene scene = Scene.connecting(options -> options.window(1, 1 << 20));
        CompletionStage<Receipt> sent = scene.client.send("bob", "oops");
        assertThat(scene.client.post(BOB, Payload.text("full"), SendOptions.text()))
                .isEqualTo(ImClient.BACKPRESSURED);
        cancel(scene, sent);
        assertThat(scene.client.post(BOB, Payload.text("room"), SendOptions.text()))
                .isEqualTo(2);
    }

    @Test
    void whatNobodyKnowsIsTakenBackInVain() {
        Scene scene = Scene.online();
        CompletionStage<Receipt> sent = scene.client.send("bob", "hi");
        scene.loop.run();
        scene.client.cancel(0);
        scene.client.cancel(-1);
        scene.client.cancel(2);
        scene.client.cancel(Long.MAX_VALUE);
        cancel(scene, CompletableFuture.completedStage(TAKEN_BACK));
        cancel(scene, sent.toCompletableFuture());
        assertThat(scene.receipts).isEmpty();
        scene.client.close();
        scene.loop.run();
        scene.client.cancel(1);
        scene.loop.run();
        assertThat(scene.receipts).doesNotContain("CANCELLED 1-1");
    }

    /** The ledger keeps the awaited level beside what it knows of the message. */
    @Test
    void levelsAreAwaitedAsBefore() {
        Scene scene = Scene.online();
        CompletableFuture<Receipt> read =
                scene.client.send("bob", "hi", ReceiptLevel.DELIVERED).toCompletableFuture();
        scene.loop.run();
        scene.link().lose();
        scene.advance(Duration.ofSeconds(1));
        scene.login();
        scene.accept(1, 1);
        assertThat(read).isNotDone();
        scene.deliver(1, 1);
        assertThat(read).isCompletedWithValue(new Receipt(1, ReasonCode.OK, ReceiptLevel.DELIVERED));
    }

    private static CompletionStage<Receipt> clip(Scene scene) {
        return scene.client.send(
                BOB, Payload.of(new byte[200_000]), SendOptions.binary().lane(Lane.BULK));
    }

    private static void cancel(Scene scene, CompletionStage<Receipt> sent) {
        scene.client.cancel(sent);
        scene.loop.run();
    }
}
