// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.Chunker;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.Ping;
import io.hongyan.protocol.packet.Pong;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientCountTest {

    private static final int UNKNOWN_OPTIONAL_COUNTED = 0x3F | Frame.OPTIONAL | Frame.COUNTED;

    @Test
    void readBatchIsCountedOnceAtItsEnd() {
        Scene scene = Scene.online();
        scene.link().receive(Scene.fromBob(1, 100));
        assertThat(scene.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 100));
        scene.link().receive(Scene.fromBob(101, 101));
        assertThat(scene.link().sent(Count.class)).endsWith(new Count(Lane.CHAT, 101));
    }

    @Test
    void onLanesAMessageIsCountedWhenItsListenerReturned() {
        Scene scene = Scene.onLanes(options -> options);
        scene.link().receive(Scene.fromBob(1, 3));
        assertThat(scene.shown).isEmpty();
        assertThat(scene.link().sent(Count.class)).isEmpty();
        scene.work();
        assertThat(scene.shown).hasSize(3);
        assertThat(scene.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 3));
    }

    @Test
    void listenerThatThrowsHarmsNothing() {
        List<String> shown = new ArrayList<>();
        Scene scene = Scene.online(options -> options.onMessage(message -> {
            shown.add(message.text());
            throw new IllegalStateException("planted");
        }));
        scene.link().receive(Scene.fromBob(1, 3));
        assertThat(shown).containsExactly("m1", "m2", "m3");
        assertThat(scene.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 3));
    }

    @Test
    void errorThrownByAListenerOnALaneHarmsNothing() {
        Scene scene = Scene.onLanes(options -> options.onMessage(message -> {
            throw new StackOverflowError("planted");
        }));
        scene.link().receive(Scene.fromBob(1, 3));
        scene.work();
        assertThat(scene.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 3));
    }

    @Test
    void duplicatesAreCounted() {
        Scene scene = Scene.onLanes(options -> options);
        scene.link().receive(Scene.fromBob(1, 2));
        scene.link().receive(Scene.fromBob(1, 2));
        scene.work();
        assertThat(scene.shown).hasSize(2);
        assertThat(scene.link().sent(Count.class)).endsWith(new Count(Lane.CHAT, 4));
    }

    @Test
    void duplicateOfAMessageNotYetShownIsCountedBehindIt() {
        Scene scene = Scene.onLanes(options -> options);
        scene.link().receive(Scene.fromBob(1, 2));
        scene.comeBack();
        scene.login();
        scene.link().receive(Scene.fromBob(1, 2));
        assertThat(scene.link().sent(Count.class)).isEmpty();
        scene.work();
        assertThat(scene.shown).containsExactly("bob: m1", "bob: m2");
        assertThat(scene.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 2));
        assertThat(scene.network.connections.get(0).sent(Count.class)).isEmpty();
    }

    @Test
    void linkThatFindsTheLaneFullIsNotReadUntilThereIsRoom() {
        Scene scene = Scene.onLanes(options -> options.inbound(4, 1 << 20));
        scene.link().receive(Scene.fromBob(1, 4));
        scene.comeBack();
        scene.login();
        assertThat(scene.link().paused).isTrue();
        scene.work();
        assertThat(scene.link().paused).isFalse();
    }

    @Test
    void unknownOptionalPacketsAreCountedByTheirBit() {
        Scene scene = Scene.online();
        scene.link().receive(Frame.of(UNKNOWN_OPTIONAL_COUNTED, new byte[3]), frame(Scene.fromBob(1)));
        assertThat(scene.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 2));
    }

    @Test
    void ephemeralMessagesAreShownAndNotCounted() {
        Scene scene = Scene.online();
        scene.link().receive(Scene.fromBob(1, Lane.EPHEMERAL), Scene.fromBob(1, Lane.EPHEMERAL));
        assertThat(scene.shown).hasSize(2);
        assertThat(scene.link().sent(Count.class)).isEmpty();
    }

    @Test
    void bulkIsCountedApartOnUdpAndTogetherOnTcp() {
        Scene apart = Scene.onUdp();
        assertThat(apart.link().countsBulkApart()).isTrue();
        apart.link().receive(Scene.fromBob(1, Lane.BULK), Scene.fromBob(2), Scene.fromBob(3, Lane.BULK));
        assertThat(apart.link().sent(Count.class))
                .containsExactlyInAnyOrder(new Count(Lane.CHAT, 1), new Count(Lane.BULK, 2));
        Scene together = Scene.online();
        together.link().receive(Scene.fromBob(1, Lane.BULK), Scene.fromBob(2));
        assertThat(together.link().sent(Count.class)).containsExactly(new Count(Lane.CHAT, 2));
    }

    @Test
    void chunkedMessageIsShownWithItsLastChunkAndCountsOnce() {
        Scene scene = Scene.online();
        Message large = Message.of(new MessageId(Scene.BOB, 1), Address.user("alice"), Payload.text("x".repeat(10_000)))
                .withServerFields(Address.user("bob"), null, 0, 1);
        Chunker chunker = new Chunker(large, 4_096);
        scene.link().receive(chunker.next(), frame(Scene.fromBob(2)), chunker.next());
        assertThat(scene.shown).containsExactly("bob: m2");
        scene.link().receive(chunker.next());
        assertThat(chunker.hasNext()).isFalse();
        assertThat(scene.shown).hasSize(2);
        assertThat(scene.link().sent(Count.class)).endsWith(new Count(Lane.CHAT, 2));
    }

    @Test
    void fullLaneStopsReadingAndHalfEmptyGoesOn() {
        Scene scene = Scene.onLanes(options -> options.inbound(100, 1 << 20));
        scene.link().receive(Scene.fromBob(1, 99));
        assertThat(scene.link().paused).isFalse();
        scene.link().receive(Scene.fromBob(100, 120));
        assertThat(scene.link().paused).isTrue();
        scene.work.remove().run();
        scene.loop.run();
        assertThat(scene.link().paused).as("88 wait").isTrue();
        scene.work.remove().run();
        scene.work.remove().run();
        scene.loop.run();
        assertThat(scene.link().paused).as("24 wait").isFalse();
        scene.work();
        assertThat(scene.shown).hasSize(120);
    }

    @Test
    void slowReceiptListenerStopsTheReadingToo() {
        Scene scene = Scene.onLanes(options -> options.inbound(10, 1 << 20));
        scene.post(20);
        for (int i = 1; i <= 10; i++) {
            scene.accept(2 * i, 2 * i);
        }
        assertThat(scene.link().paused).isTrue();
        scene.work();
        assertThat(scene.link().paused).isFalse();
        assertThat(scene.receipts).hasSize(10);
    }

    @Test
    void laneIsBoundedInBytes() {
        Scene scene = Scene.onLanes(options -> options.inbound(1_000_000, 2_000));
        scene.link().receive(Scene.fromBob(1, 10));
        assertThat(scene.link().paused).isTrue();
        scene.work();
        assertThat(scene.link().paused).isFalse();
    }

    @Test
    void laneThatWasFullOnALostLinkDoesNotHoldTheNextOne() {
        Scene scene = Scene.onLanes(options -> options.inbound(10, 1 << 20));
        scene.link().receive(Scene.fromBob(1, 20));
        scene.comeBack();
        scene.login();
        scene.link().receive(Scene.fromBob(21, 21));
        assertThat(scene.link().paused).isTrue();
        scene.work();
        assertThat(scene.link().paused).isFalse();
        assertThat(scene.shown).hasSize(21);
    }

    @Test
    void pingOfTheServerIsAnswered() {
        Scene scene = Scene.online();
        scene.link().receive(new Ping(42));
        assertThat(scene.link().sent(Pong.class)).containsExactly(new Pong(42));
    }

    @Test
    void hostileBytesCloseTheLinkWithACodeAndTheClientComesBack() {
        Scene scene = Scene.online();
        TestConnection first = scene.link();
        first.receive(Frame.of(0x50, new byte[] {1, 2, 3}));
        assertThat(first.sent(ErrorPacket.class)).hasSize(1);
        assertThat(first.closed).isNotNull();
        scene.advance(Duration.ofMillis(200));
        assertThat(scene.network.connections).hasSize(2);
    }

    private static Frame frame(Message message) {
        return BinaryPacketCodec.V1.encode(message);
    }
}
