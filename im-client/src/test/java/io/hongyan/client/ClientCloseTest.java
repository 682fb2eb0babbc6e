// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class ClientCloseTest {

    @Test
    void waitsForAnswersThenLogsOut() {
        Scene scene = Scene.online();
        scene.post(2);
        CompletableFuture<Void> ended = scene.client.closeAsync().toCompletableFuture();
        scene.loop.run();
        assertThat(scene.link().sent(Logout.class)).isEmpty();
        assertThat(scene.client.post(Address.user("bob"), Payload.text("m"), SendOptions.text()))
                .isEqualTo(ImClient.CLOSED);
        scene.accept(1, 2);
        assertThat(scene.link().sent(Logout.class)).hasSize(1);
        assertThat(scene.link().closed).isEqualTo(ReasonCode.LOGGED_OUT);
        scene.loop.run();
        assertThat(ended).isCompleted();
        assertThat(scene.events).containsExactly("connected 1", "closed CLOSED_LOCALLY");
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-2");
    }

    @Test
    void messagesHandedInJustBeforeAreSent() {
        Scene scene = Scene.online();
        scene.client.post(Address.user("bob"), Payload.text("last"), SendOptions.text());
        scene.client.closeAsync();
        scene.loop.run();
        assertThat(scene.link().sentCounters()).containsExactly(1L);
        scene.accept(1, 1);
        assertThat(scene.link().sent.get(scene.link().sent.size() - 1)).isInstanceOf(Logout.class);
    }

    @Test
    void boundEndsTheWaitAndTellsWhatIsNotKnown() {
        Scene scene = Scene.online();
        CompletableFuture<Receipt> unanswered = scene.client.send("bob", "1").toCompletableFuture();
        CompletableFuture<Receipt> undelivered =
                scene.client.send("bob", "2", ReceiptLevel.DELIVERED).toCompletableFuture();
        scene.loop.run();
        scene.accept(2, 2);
        CompletableFuture<Void> ended = scene.client.closeAsync().toCompletableFuture();
        scene.advance(Duration.ofMillis(1_999));
        assertThat(scene.link().sent(Logout.class)).isEmpty();
        scene.advance(Duration.ofMillis(1));
        assertThat(scene.link().sent(Logout.class)).hasSize(1);
        assertThat(ended).isCompleted();
        assertThat(unanswered).isCompletedWithValue(new Receipt(1, ReasonCode.CLOSED_LOCALLY, null));
        assertThat(undelivered).isCompletedWithValue(new Receipt(2, ReasonCode.CLOSED_LOCALLY, ReceiptLevel.ACCEPTED));
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void undeliveredDoesNotHoldTheClose() {
        Scene scene = Scene.online();
        scene.client.send("bob", "1", ReceiptLevel.DELIVERED);
        scene.loop.run();
        scene.accept(1, 1);
        scene.client.closeAsync();
        scene.loop.run();
        assertThat(scene.link().sent(Logout.class)).hasSize(1);
    }

    @Test
    void onlyWhatWasShownIsCounted() {
        Scene scene = Scene.onLanes(options -> options);
        scene.link().receive(Scene.fromBob(1, 40));
        scene.work.remove().run();
        scene.loop.run();
        scene.client.closeAsync();
        scene.loop.run();
        scene.work();
        assertThat(scene.shown).hasSize(32);
        assertThat(scene.link().sent(Count.class)).endsWith(new Count(Lane.CHAT, 32));
        assertThat(scene.link().sent.get(scene.link().sent.size() - 1)).isInstanceOf(Logout.class);
    }

    @Test
    void listenerMayCloseItsClient() {
        List<ImClient> closing = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        Scene scene = Scene.onLanes(options -> options.onMessage(message -> {
            shown.add(message.text());
            closing.get(0).close();
        }));
        closing.add(scene.client);
        scene.link().receive(Scene.fromBob(1, 3));
        scene.work();
        assertThat(shown).containsExactly("m1");
        assertThat(scene.link().sent(Logout.class)).hasSize(1);
        assertThat(scene.link().sent(Count.class)).endsWith(new Count(Lane.CHAT, 1));
        assertThat(scene.events).endsWith("closed CLOSED_LOCALLY");
    }

    @Test
    void closingTwiceIsClosingOnce() {
        Scene scene = Scene.online();
        scene.client.closeAsync();
        scene.client.closeAsync();
        scene.loop.run();
        scene.client.closeAsync();
        scene.loop.run();
        assertThat(scene.link().sent(Logout.class)).hasSize(1);
        assertThat(scene.events).containsExactly("connected 1", "closed CLOSED_LOCALLY");
    }

    @Test
    void closingBeforeTheLoginFailsTheConnect() {
        Scene scene = Scene.connecting(options -> options);
        scene.client.closeAsync();
        scene.loop.run();
        assertThat(scene.connected).isCompletedExceptionally();
        assertThat(scene.link().closed).isEqualTo(ReasonCode.CLOSED_LOCALLY);
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void closingBeforeConnectingEndsAtOnce() {
        TestLoop loop = new TestLoop();
        TestNetwork network = new TestNetwork(loop);
        ImClient client = ImClient.builder()
                .server("tcp://127.0.0.1:1")
                .user("alice")
                .runtime(new ClientRuntime(network, loop::nanoTime, 1, loop, loop))
                .build();
        CompletableFuture<Void> ended = client.closeAsync().toCompletableFuture();
        loop.run();
        assertThat(ended).isCompleted();
        assertThat(client.connect()).isCompletedExceptionally();
        loop.run();
        assertThat(network.attempts).isEmpty();
    }

    @Test
    void closingWhileWaitingToComeBackEndsAtOnce() {
        Scene scene = Scene.online();
        scene.post(1);
        scene.network.down.add(1);
        scene.link().lose();
        CompletableFuture<Void> ended = scene.client.closeAsync().toCompletableFuture();
        scene.loop.run();
        assertThat(ended).isCompleted();
        assertThat(scene.receipts).containsExactly("CLOSED_LOCALLY 1-1");
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void closingWhileComingBackStillSendsWithinTheBound() {
        Scene scene = Scene.online();
        scene.post(1);
        scene.comeBack();
        CompletableFuture<Void> ended = scene.client.closeAsync().toCompletableFuture();
        scene.loop.run();
        assertThat(ended).isNotDone();
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L);
        scene.accept(1, 1);
        assertThat(scene.link().sent(Logout.class)).hasSize(1);
        assertThat(ended).isCompleted();
    }

    @Test
    void lossWhileClosingIsTheEnd() {
        Scene scene = Scene.online();
        scene.post(1);
        CompletableFuture<Void> ended = scene.client.closeAsync().toCompletableFuture();
        scene.loop.run();
        scene.link().lose();
        assertThat(ended).isCompleted();
        scene.advance(Duration.ofMinutes(1));
        assertThat(scene.network.attempts).hasSize(1);
    }

    @Test
    void executorThatIsClosedWhileOnlineEndsTheClient() {
        boolean[] closed = {false};
        List<Runnable> work = new ArrayList<>();
        Scene scene = Scene.onLanes(options -> options.executor(task -> {
            if (closed[0]) {
                throw new RejectedExecutionException();
            }
            work.add(task);
        }));
        work.remove(0).run();
        CompletableFuture<Receipt> waiting = scene.client.send("bob", "hi").toCompletableFuture();
        closed[0] = true;
        scene.link().receive(Scene.fromBob(1, 3));
        scene.advance(Duration.ofMillis(9_900));
        assertThat(scene.client.isClosed()).isFalse();
        scene.advance(Duration.ofMillis(200));
        scene.work();
        assertThat(scene.client.isClosed()).isTrue();
        assertThat(scene.link().closed).isEqualTo(ReasonCode.CLOSED_LOCALLY);
        assertThat(waiting).isCompletedWithValue(new Receipt(1, ReasonCode.CLOSED_LOCALLY, null));
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void executorThatIsBusyForAWhileIsTriedAgain() {
        boolean[] busy = {false};
        List<Runnable> work = new ArrayList<>();
        Scene scene = Scene.onLanes(options -> options.executor(task -> {
            if (busy[0]) {
                throw new RejectedExecutionException();
            }
            work.add(task);
        }));
        work.remove(0).run();
        busy[0] = true;
        scene.link().receive(Scene.fromBob(1, 3));
        scene.advance(Duration.ofSeconds(5));
        busy[0] = false;
        scene.advance(Duration.ofMillis(100));
        work.remove(0).run();
        scene.loop.run();
        assertThat(scene.shown).hasSize(3);
        scene.advance(Duration.ofSeconds(30));
        assertThat(scene.client.isConnected()).isTrue();
    }

    @Test
    void executorThatIsClosedFirstDoesNotHoldTheEnd() {
        List<Runnable> tasks = new ArrayList<>();
        boolean[] shut = new boolean[1];
        Scene scene = Scene.online(options -> options.executor(task -> {
            if (shut[0]) {
                throw new RejectedExecutionException();
            }
            tasks.add(task);
        }));
        tasks.forEach(Runnable::run);
        shut[0] = true;
        CompletableFuture<Void> ended = scene.client.closeAsync().toCompletableFuture();
        scene.advance(Duration.ofSeconds(4));
        assertThat(ended).isCompleted();
    }

    @Test
    void blockedListenerDoesNotHoldTheLogoutBeyondTheBound() {
        Scene scene = Scene.onLanes(options -> options);
        scene.link().receive(Scene.fromBob(1));
        scene.client.closeAsync();
        scene.advance(Duration.ofSeconds(2));
        assertThat(scene.link().sent(Logout.class)).hasSize(1);
    }
}
