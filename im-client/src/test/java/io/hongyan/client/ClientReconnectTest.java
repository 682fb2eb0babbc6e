// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClientReconnectTest {

    private static final Address BOB = Address.user("bob");

    @Test
    void lostLinkComesBackWithTheSameInstance() {
        Scene scene = Scene.online();
        TestConnection first = scene.link();
        first.lose();
        assertThat(scene.client.isConnected()).isFalse();
        scene.advance(Duration.ofMillis(200));
        assertThat(scene.link()).isNotSameAs(first);
        assertThat(scene.link().sent(Login.class).get(0))
                .isEqualTo(first.sent(Login.class).get(0));
        scene.login();
        assertThat(scene.events)
                .containsExactly("connected 1", "disconnected CONNECTION_LOST", "reconnecting 1", "connected 1");
    }

    @Test
    void attemptsSpreadWithDoublingBoundsForEver() {
        Scene scene = Scene.online();
        scene.network.down.add(1);
        scene.link().lose();
        scene.advance(Duration.ofMinutes(10));
        List<Long> at = scene.network.attemptNanos;
        long bound = 200;
        for (int i = 2; i < at.size(); i++) {
            bound = Math.min(30_000, bound * 2);
            assertThat((at.get(i) - at.get(i - 1)) / 1_000_000).isBetween(0L, bound);
        }
        assertThat(at).hasSizeGreaterThan(25);
        scene.network.down.clear();
        scene.advance(Duration.ofSeconds(30));
        scene.login();
        assertThat(scene.client.isConnected()).isTrue();
    }

    @Test
    void loginThatHoldsResetsTheBackOff() {
        Scene scene = Scene.online();
        for (int i = 0; i < 20; i++) {
            scene.advance(Duration.ofSeconds(10));
            scene.link().lose();
            scene.advance(Duration.ofMillis(200));
            scene.login();
            assertThat(scene.client.isConnected()).isTrue();
        }
    }

    @Test
    void serverThatLetsInAndDropsAtOnceIsNotHammered() {
        Scene scene = Scene.online();
        long before = scene.loop.nanoTime();
        for (int i = 0; i < 30; i++) {
            scene.comeBack();
            scene.login();
        }
        assertThat(Duration.ofNanos(scene.loop.nanoTime() - before)).isGreaterThan(Duration.ofMinutes(2));
    }

    @Test
    void unacknowledgedAreSentAgainWithTheSameIdsBeforeNewOnes() {
        Scene scene = Scene.online();
        scene.post(5);
        CompletableFuture<Receipt> delivered =
                scene.client.send("bob", "6", ReceiptLevel.DELIVERED).toCompletableFuture();
        scene.loop.run();
        scene.post(2);
        scene.accept(1, 2);
        scene.accept(6, 7);
        scene.link().lose();
        scene.post(1);
        scene.advance(Duration.ofMillis(200));
        scene.login();
        scene.post(1);
        // 6 was accepted, and its sender waits for more; 1, 2 and 7 have all that was awaited.
        assertThat(scene.link().sentCounters()).containsExactly(3L, 4L, 5L, 6L, 8L, 9L, 10L);
        scene.accept(3, 10);
        scene.deliver(6, 6);
        assertThat(delivered).isCompletedWithValue(new Receipt(6, ReasonCode.OK, ReceiptLevel.DELIVERED));
        assertThat(scene.receipts)
                .containsExactly(
                        "ACCEPTED 1-2",
                        "ACCEPTED 6-6",
                        "ACCEPTED 7-7",
                        "ACCEPTED 3-5",
                        "ACCEPTED 8-10",
                        "DELIVERED 6-6");
    }

    @Test
    void windowHoldsAcrossReconnects() {
        Scene scene = Scene.online();
        scene.post(1_060);
        scene.accept(2, 1_024);
        scene.comeBack();
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L);
        scene.accept(1, 1);
        assertThat(scene.link().sentCounters())
                .isEqualTo(LongStream.concat(LongStream.of(1), LongStream.rangeClosed(1_025, 1_060))
                        .boxed()
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(
            value = ReasonCode.class,
            names = {"ID_TOO_OLD", "DUPLICATE_CONFLICT", "THROTTLED", "BACKPRESSURED", "REASSEMBLY_FULL"})
    void refusalOfARepetitionSaysNothingOfAnAcceptedMessage(ReasonCode refusal) {
        Scene scene = Scene.online();
        CompletableFuture<Receipt> delivered =
                scene.client.send("bob", "hi", ReceiptLevel.DELIVERED).toCompletableFuture();
        scene.loop.run();
        scene.accept(1, 1);
        scene.comeBack();
        scene.login();
        scene.refuse(refusal, 1, 1);
        assertThat(delivered).isNotDone();
        scene.deliver(1, 1);
        assertThat(delivered).isCompleted();
    }

    @Test
    void whatTheServerDoesNotRememberIsToldWhenNoNewsCome() {
        Scene scene = Scene.online(options -> options.progressTimeout(Duration.ofSeconds(20)));
        CompletableFuture<Receipt> unknown =
                scene.client.send("bob", "1", ReceiptLevel.DELIVERED).toCompletableFuture();
        CompletableFuture<Receipt> late =
                scene.client.send("bob", "2", ReceiptLevel.DELIVERED).toCompletableFuture();
        scene.loop.run();
        scene.accept(1, 2);
        scene.comeBack();
        scene.login();
        scene.refuse(ReasonCode.ID_TOO_OLD, 1, 2);
        scene.advance(Duration.ofMillis(19_999));
        scene.deliver(2, 2);
        assertThat(unknown).isNotDone();
        assertThat(late).isCompletedWithValue(new Receipt(2, ReasonCode.OK, ReceiptLevel.DELIVERED));
        scene.advance(Duration.ofMillis(1));
        assertThat(unknown).isCompletedWithValue(new Receipt(1, ReasonCode.ID_TOO_OLD, ReceiptLevel.ACCEPTED));
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-2", "DELIVERED 2-2", "ID_TOO_OLD 1-1");
    }

    @Test
    void whatTheNextServerTakesIsNotForgotten() {
        Scene scene = Scene.online(options -> options.progressTimeout(Duration.ofSeconds(20)));
        CompletableFuture<Receipt> sent =
                scene.client.send("bob", "1", ReceiptLevel.DELIVERED).toCompletableFuture();
        scene.loop.run();
        scene.accept(1, 1);
        scene.comeBack();
        scene.login();
        scene.refuse(ReasonCode.ID_TOO_OLD, 1, 1);
        scene.comeBack();
        scene.login();
        scene.accept(1, 1);
        scene.advance(Duration.ofMinutes(1));
        assertThat(sent).isNotDone();
        scene.deliver(1, 1);
        assertThat(sent).isCompletedWithValue(new Receipt(1, ReasonCode.OK, ReceiptLevel.DELIVERED));
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-1", "DELIVERED 1-1");
    }

    @Test
    void repetitionThatIsAConflictIsToldWhenNoNewsCome() {
        Scene scene = Scene.online(options -> options.progressTimeout(Duration.ofSeconds(20)));
        CompletableFuture<Receipt> sent =
                scene.client.send("bob", "1", ReceiptLevel.DELIVERED).toCompletableFuture();
        scene.loop.run();
        scene.accept(1, 1);
        scene.comeBack();
        scene.login();
        scene.refuse(ReasonCode.DUPLICATE_CONFLICT, 1, 1);
        scene.advance(Duration.ofSeconds(20));
        assertThat(sent).isCompleted();
    }

    @Test
    void noTimerOfALinkOutlivesIt() {
        Scene scene = Scene.online();
        scene.client.send("bob", "1", ReceiptLevel.DELIVERED);
        scene.loop.run();
        scene.accept(1, 1);
        scene.comeBack();
        scene.login();
        scene.refuse(ReasonCode.ID_TOO_OLD, 1, 1);
        scene.post(1);
        scene.link().receive(new GoAway(ReasonCode.GOING_AWAY, Integer.MAX_VALUE, 0, List.of(), ""));
        scene.link().receive(new Kick(ReasonCode.KICKED, ""));
        assertThat(scene.client.isClosed()).isTrue();
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void chatDoesNotOvertakeARepetitionInTheBulkLaneByMoreThanTheWindow() {
        Scene scene = Scene.online();
        SendOptions photo = SendOptions.binary().lane(Lane.BULK).awaiting(ReceiptLevel.DELIVERED);
        scene.client.post(Address.user("carol"), Payload.text("photo"), photo);
        scene.post(1_100);
        scene.accept(1, 1_000);
        scene.comeBack();
        scene.login();
        scene.post(1);
        // A server that has begun anew knows none of them: 1 would be too old for it behind 1025.
        assertThat(scene.link().sentCounters()).hasSize(25).contains(1L, 1_024L).doesNotContain(1_025L);
        scene.accept(1, 1_024);
        assertThat(scene.link().sentCounters()).hasSize(103).contains(1_025L, 1_102L);
    }

    @Test
    void unansweredRepetitionIsNoProgress() {
        Scene scene = Scene.online();
        scene.client.send("bob", "1", ReceiptLevel.DELIVERED);
        scene.loop.run();
        scene.accept(1, 1);
        scene.comeBack();
        scene.login();
        scene.advance(Duration.ofSeconds(30));
        assertThat(scene.events).contains("disconnected NO_PROGRESS");
    }

    @Test
    void refusalByAServerThatGoesAwayIsNotTheEndOfTheMessage() {
        Scene scene = Scene.online();
        scene.post(2);
        scene.refuse(ReasonCode.SERVER_STOPPING, 1, 2);
        assertThat(scene.receipts).isEmpty();
        scene.comeBack();
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @EnumSource(
            value = ReasonCode.class,
            names = {"SERVER_STOPPING", "SERVER_BUSY", "RATE_LIMITED", "TOO_MANY_CONNECTIONS"})
    void refusedLoginWaitsAsLongAsTold(ReasonCode code) {
        Scene scene = Scene.online();
        scene.comeBack();
        scene.link().receive(LoginResult.refused(code, "", 7_000));
        scene.advance(Duration.ofSeconds(14));
        List<Long> at = scene.network.attemptNanos;
        assertThat(at).hasSizeGreaterThanOrEqualTo(3);
        assertThat((at.get(2) - at.get(1)) / 1_000_000).isBetween(7_000L, 14_000L);
    }

    @Test
    void chunkedMessageBeginsAgain() {
        Scene scene = Scene.connecting(options -> options);
        scene.maxFrameBytes = 4_096;
        scene.login();
        scene.link().blockAfter(3);
        scene.client.post(BOB, Payload.of(new byte[50_000]), SendOptions.binary());
        scene.loop.run();
        assertThat(scene.link().sent(Chunk.class)).hasSize(3);
        scene.comeBack();
        scene.login();
        List<Chunk> chunks = scene.link().sent(Chunk.class);
        assertThat(chunks.get(0).offset()).isZero();
        assertThat(chunks.get(chunks.size() - 1).last()).isTrue();
    }

    @Test
    void messageIsShownOnceHoweverOftenItComes() {
        Scene scene = Scene.online();
        scene.link().receive(Scene.fromBob(1, 3));
        scene.link().receive(Scene.fromBob(2, 3));
        scene.comeBack();
        scene.login();
        scene.link().receive(Scene.fromBob(1, 5));
        assertThat(scene.shown).containsExactly("bob: m1", "bob: m2", "bob: m3", "bob: m4", "bob: m5");
    }

    @Test
    void sameIdFromAnotherSenderOrLaneIsAnotherMessage() {
        Scene scene = Scene.online();
        scene.link()
                .receive(
                        Scene.fromBob(1),
                        Scene.fromBob(1, Lane.BULK),
                        Scene.fromBob(1).withServerFields(Address.user("carol"), null, 0, 1),
                        Scene.fromBob(1).withId(new MessageId(2, 1)),
                        Scene.fromBob(1).withServerFields(Address.server(), null, 0, 1));
        assertThat(scene.shown).containsExactly("bob: m1", "bob: m1", "carol: m1", "bob: m1", "@server: m1");
    }

    @Test
    void bulkFarBehindChatIsStillShown() {
        Scene scene = Scene.online();
        scene.link().receive(Scene.fromBob(2, 3_000));
        scene.link().receive(Scene.fromBob(1, Lane.BULK));
        assertThat(scene.shown).hasSize(3_000);
    }

    @ParameterizedTest
    @EnumSource(
            value = ReasonCode.class,
            names = {"KICKED", "REPLACED", "LOGIN_REFUSED", "UNKNOWN_DO_NOT_COME_BACK"})
    void codesThatSayDoNotComeBackEndTheClient(ReasonCode code) {
        Scene scene = Scene.online();
        CompletableFuture<Receipt> waiting = scene.client.send("bob", "hi").toCompletableFuture();
        scene.loop.run();
        scene.link().receive(new Kick(code, "bye"));
        scene.advance(Duration.ofHours(1));
        assertThat(scene.network.attempts).hasSize(1);
        assertThat(scene.events).containsExactly("connected 1", "closed " + code);
        assertThat(waiting).isCompletedWithValue(new Receipt(1, code, null));
        assertThat(scene.client.isClosed()).isTrue();
        assertThat(scene.client.post(BOB, Payload.text("m"), SendOptions.text()))
                .isEqualTo(ImClient.CLOSED);
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void askedDelayIsWaitedInFull() {
        Scene scene = Scene.online();
        scene.link().receive(new Kick(ReasonCode.SERVER_BUSY, ""));
        scene.advance(Duration.ofMillis(9_999));
        assertThat(scene.network.attempts).hasSize(1);
        scene.advance(Duration.ofMillis(10_001));
        assertThat(scene.network.attempts).hasSize(2);
    }

    @Test
    void delayInTheLoginResultGoesBeforeTheCodesOwn() {
        Scene scene = Scene.online();
        scene.comeBack();
        scene.link().receive(LoginResult.refused(ReasonCode.RATE_LIMITED, "", 60_000));
        scene.advance(Duration.ofMinutes(2));
        List<Long> at = scene.network.attemptNanos;
        assertThat((at.get(2) - at.get(1)) / 1_000_000).isBetween(60_000L, 120_000L);
    }

    @Test
    void delayIsThatOfTheServerThatAskedForIt() {
        Scene scene = Scene.connecting(options -> options.server("tcp://127.0.0.1:2"));
        scene.login();
        scene.network.down.add(2);
        scene.comeBack();
        long refusedAt = scene.loop.nanoTime();
        scene.link().receive(LoginResult.refused(ReasonCode.SERVER_BUSY, "", 60_000));
        scene.advance(Duration.ofNanos(refusedAt + 59_999_999_999L - scene.loop.nanoTime()));
        assertThat(scene.network.attempts.subList(2, scene.network.attempts.size()))
                .hasSizeGreaterThan(3)
                .containsOnly("tcp:2");
        scene.advance(Duration.ofSeconds(91));
        assertThat(scene.network.attempts).endsWith("tcp:1");
    }

    @Test
    void waitIsForTheFirstServerThatMayBeTriedWhenAllAsked() {
        Scene scene = Scene.connecting(options -> options.server("tcp://127.0.0.1:2"));
        scene.login();
        scene.comeBack();
        scene.link().receive(LoginResult.refused(ReasonCode.SERVER_BUSY, "", 60_000));
        scene.link().receive(LoginResult.refused(ReasonCode.SERVER_BUSY, "", 5_000));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:1", "tcp:2");
        scene.advance(Duration.ofMillis(4_999));
        assertThat(scene.network.attempts).hasSize(3);
        scene.advance(Duration.ofMillis(5_001));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:1", "tcp:2", "tcp:2");
    }

    @Test
    void refusedLoginWhileComingBackEndsTheClient() {
        Scene scene = Scene.online();
        scene.comeBack();
        scene.link().receive(LoginResult.refused(ReasonCode.LOGIN_REFUSED, "", 0));
        assertThat(scene.events).endsWith("closed LOGIN_REFUSED");
    }

    @Test
    void givesUpInTime() {
        Scene scene = Scene.online(
                options -> options.reconnect(ReconnectPolicy.defaults().givingUpAfter(Duration.ofSeconds(20))));
        scene.network.down.add(1);
        scene.link().lose();
        scene.advance(Duration.ofSeconds(20));
        assertThat(scene.events).endsWith("closed CONNECTION_LOST");
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void neverComesBackWhenToldSo() {
        Scene scene = Scene.online(options -> options.reconnect(ReconnectPolicy.never()));
        scene.link().lose();
        assertThat(scene.events).containsExactly("connected 1", "closed CONNECTION_LOST");
    }

    @Test
    void comesBackFirstToTheServerThatWorked() {
        Scene scene = Scene.connecting(options -> options.server("tcp://127.0.0.1:2"));
        scene.link().lose();
        scene.login();
        scene.network.down.add(2);
        scene.link().lose();
        scene.advance(Duration.ofMillis(200));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "tcp:2", "tcp:2", "tcp:1");
    }

    @Test
    void sentAgainFromSeedToSeedIsAlwaysInOrderAndComplete() {
        for (long seed = 1; seed <= 80; seed++) {
            ReconnectWalk.run(seed, false);
            ReconnectWalk.run(seed, true);
        }
    }

    @Test
    void nothingIsKeptOfALinkThatIsGone() {
        Scene scene = Scene.online();
        List<TestConnection> before = new ArrayList<>(scene.network.connections);
        scene.comeBack();
        scene.login();
        scene.post(1);
        before.get(0).closed = null;
        before.get(0).receive(Scene.fromBob(1));
        assertThat(scene.shown).isEmpty();
    }
}
