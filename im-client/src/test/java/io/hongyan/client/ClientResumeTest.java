// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Resume;
import io.hongyan.protocol.packet.SendResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A client whose link is lost goes on with its session, where the server still has it. */
class ClientResumeTest {

    private static final long SECRET = 77;

    @Test
    void resumesWithTheCountOfWhatItsListenersAreDoneWith() {
        Scene scene = online();
        scene.link().receive(Scene.fromBob(1, 3));
        scene.comeBack();
        assertThat(scene.link().sent).containsExactly(new Resume(1, 0, SECRET, 3, 0));
        resume(scene);
        scene.link().receive(Scene.fromBob(4));
        assertThat(scene.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 4));
        assertThat(scene.shown).containsExactly("bob: m1", "bob: m2", "bob: m3", "bob: m4");
    }

    @Test
    void sendsAgainOnlyWhatIsNotAnsweredWhenTheServerHasToldWhatItHad() {
        Scene scene = online();
        scene.post(5);
        scene.accept(1, 2);
        scene.comeBack();
        scene.link().receive(scene.accepted());
        assertThat(scene.link().sentCounters()).isEmpty();
        scene.link()
                .receive(
                        new SendResult(scene.client.instance(), ReasonCode.OK, CounterRanges.of(1, 4)),
                        new Count(Lane.CHAT, 4));
        assertThat(scene.link().sentCounters()).containsExactly(5L);
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-2", "ACCEPTED 3-4");
    }

    @Test
    void doesNotSendAgainWhatIsAcceptedAndAwaitsItsDelivery() {
        Scene scene = online();
        scene.client.post(
                Address.user("bob"), Payload.text("m"), SendOptions.text().awaiting(ReceiptLevel.DELIVERED));
        scene.loop.run();
        scene.accept(1, 1);
        scene.comeBack();
        resume(scene);
        assertThat(scene.link().sentCounters()).isEmpty();
        scene.link().receive(new Delivered(scene.client.instance(), CounterRanges.of(1)));
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-1", "DELIVERED 1-1");
    }

    @Test
    void toldAgainIsNotToldTwice() {
        Scene scene = online();
        scene.post(3);
        scene.accept(1, 3);
        scene.deliver(1, 3);
        scene.comeBack();
        scene.link()
                .receive(
                        scene.accepted(),
                        new SendResult(scene.client.instance(), ReasonCode.OK, CounterRanges.of(1, 3)),
                        new Delivered(scene.client.instance(), CounterRanges.of(1, 3)),
                        new Count(Lane.CHAT, 3));
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-3", "DELIVERED 1-3");
    }

    @Test
    void refusalLostWithItsLinkIsHeardBeforeTheMessageIsSentAgain() {
        Scene scene = online();
        scene.post(3);
        scene.comeBack();
        scene.link()
                .receive(
                        scene.accepted(),
                        new SendResult(scene.client.instance(), ReasonCode.THROTTLED, CounterRanges.of(2)),
                        new SendResult(scene.client.instance(), ReasonCode.OK, ranges(1, 3)),
                        new Count(Lane.CHAT, 3));
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.link().sentCounters())
                .as("3 was taken, so 2 would come behind it")
                .isEmpty();
        assertThat(scene.receipts).contains("THROTTLED 2-2");
    }

    @Test
    void refusedItLogsInOverTheSameLinkAndSendsAllAgain() {
        Scene scene = online();
        scene.post(2);
        scene.accept(1, 1);
        scene.link().receive(Scene.fromBob(1));
        scene.comeBack();
        int links = scene.network.connections.size();
        scene.link().receive(LoginResult.refused(ReasonCode.RESUME_REFUSED, "gone", 0));
        assertThat(scene.link().sent(Login.class)).hasSize(1);
        scene.secret = SECRET + 1;
        scene.serverInstance = 6;
        scene.login();
        assertThat(scene.network.connections).hasSize(links);
        assertThat(scene.link().sentCounters()).containsExactly(2L);
        scene.link().receive(Scene.fromBob(2));
        assertThat(scene.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 1));
        assertThat(scene.shown).containsExactly("bob: m1", "bob: m2");

        scene.comeBack();
        assertThat(scene.link().sent).containsExactly(new Resume(1, 0, SECRET + 1, 1, 0));
    }

    @Test
    void believesNoOtherServerThatItResumed() {
        Scene scene = online();
        scene.comeBack();
        scene.serverInstance = 6;
        scene.link().receive(scene.accepted());
        assertThat(scene.link().closed).isEqualTo(ReasonCode.CONNECTION_LOST);
        scene.advance(Duration.ofSeconds(30));
        assertThat(scene.link().sent(Login.class)).hasSize(1);
    }

    @Test
    void triesAgainWhenTheLinkIsLostBeforeTheAnswer() {
        Scene scene = online();
        scene.link().receive(Scene.fromBob(1));
        scene.comeBack();
        scene.comeBack();
        assertThat(scene.link().sent).containsExactly(new Resume(1, 0, SECRET, 1, 0));
        scene.link().receive(scene.accepted());
        scene.comeBack();
        assertThat(scene.link().sent).containsExactly(new Resume(1, 0, SECRET, 1, 0));
        resume(scene);
        assertThat(scene.events).endsWith("connected 1");
    }

    @Test
    void whatListenersFinishWithLaterIsCountedOverTheNewLinkWhenItComesAgain() {
        Scene scene = Scene.onLanes(SECRET);
        scene.link().receive(Scene.fromBob(1, 2));
        scene.comeBack();
        assertThat(scene.link().sent).containsExactly(new Resume(1, 0, SECRET, 0, 0));
        resume(scene);
        scene.link().receive(Scene.fromBob(1, 2));
        scene.work();
        assertThat(scene.shown).containsExactly("bob: m1", "bob: m2");
        assertThat(scene.link().sent(Count.class)).endsWith(new Count(Lane.CHAT, 2));
    }

    @Test
    void logsInWhenTheServerEndedTheSession() {
        Scene scene = online();
        scene.link().receive(new Kick(ReasonCode.SERVER_STOPPING, "bye"));
        scene.advance(Duration.ofSeconds(30));
        assertThat(scene.link().sent(Resume.class)).isEmpty();
        assertThat(scene.link().sent(Login.class)).hasSize(1);
    }

    @Test
    void resumesAfterTheServerFoundItIdle() {
        Scene scene = online();
        scene.link().receive(new Kick(ReasonCode.IDLE_TIMEOUT, "silent"));
        scene.advance(Duration.ofSeconds(5));
        assertThat(scene.link().sent(Resume.class)).hasSize(1);
    }

    @Test
    void logsInOverACarrierThatCountsOtherwise() {
        Scene scene = Scene.racing("udp://127.0.0.1:1", "tcp://127.0.0.1:2");
        scene.secret = SECRET;
        scene.connect();
        scene.login();
        scene.network.down.add(1);
        scene.link().lose();
        scene.advance(Duration.ofSeconds(30));
        assertThat(scene.link().transport()).isEqualTo("tcp");
        assertThat(scene.link().sent(Resume.class)).isEmpty();
        assertThat(scene.link().sent(Login.class)).hasSize(1);
    }

    @Test
    void inARaceOnlyTheFirstToAnswerIsAsked() {
        Scene scene = Scene.racing("tcp://127.0.0.1:1", "tcp://127.0.0.1:2");
        scene.secret = SECRET;
        scene.connect();
        scene.login();
        scene.network.slow.add(1);
        int before = scene.network.connections.size();
        scene.link().lose();
        while (scene.network.connections.size() < before + 2) {
            scene.advance(Duration.ofMillis(50));
        }
        TestConnection slow = scene.network.connections.get(before);
        TestConnection quick = scene.network.connections.get(before + 1);
        assertThat(quick.sent(Resume.class)).hasSize(1);
        assertThat(slow.sent).isEmpty();
        assertThat(slow.closed).isNotNull();
    }

    private static Scene online() {
        Scene scene = Scene.connecting(options -> options);
        scene.secret = SECRET;
        scene.login();
        return scene;
    }

    private static void resume(Scene scene) {
        scene.link().receive(scene.accepted(), new Count(Lane.CHAT, 0));
    }

    private static CounterRanges ranges(long... counters) {
        CounterRanges.Builder builder = new CounterRanges.Builder();
        for (long counter : counters) {
            builder.add(counter);
        }
        return builder.build();
    }
}
