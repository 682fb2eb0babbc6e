// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Logout;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** READ receipts: those this client gives, and those it gets. */
class ClientReadTest {

    private static final UserId BOB = new UserId("bob");

    private final List<IncomingMessage> incoming = new ArrayList<>();
    private final List<String> reads = new ArrayList<>();

    @Test
    void saysWhatWasReadInOneSetForEachSender() {
        Scene scene = online();
        scene.link().receive(Scene.fromBob(1, 5));
        scene.client.markRead(incoming.toArray(IncomingMessage[]::new));
        scene.loop.run();
        assertThat(scene.link().sent(Read.class)).containsExactly(readOfBob(1, 5));
    }

    @Test
    void marksWithinTheListenerToo() {
        Scene scene = Scene.online(options -> options);
        Scene marking = Scene.online(options -> options.onMessage(incoming::add));
        marking.link().receive(Scene.fromBob(1));
        assertThat(marking.client.markRead(incoming.get(0))).isTrue();
        marking.loop.run();
        assertThat(marking.link().sent(Read.class)).containsExactly(readOfBob(1, 1));
        assertThat(scene.link().sent(Read.class)).isEmpty();
    }

    @Test
    void saysItAgainOverTheNextLinkUntilTheServerHasCountedIt() {
        Scene scene = online();
        scene.link().receive(Scene.fromBob(1, 2));
        scene.post(1);
        scene.client.markRead(incoming.get(0));
        scene.loop.run();
        scene.client.markRead(incoming.get(1));
        scene.loop.run();
        assertThat(scene.link().sent(Read.class)).hasSize(2);
        scene.link().receive(new Count(Lane.CHAT, 2));
        scene.comeBack();
        scene.login();
        assertThat(scene.link().sent(Read.class))
                .as("the message and the first READ were counted")
                .containsExactly(readOfBob(2, 2));
        scene.link().receive(new Count(Lane.CHAT, 2));
        scene.comeBack();
        scene.login();
        assertThat(scene.link().sent(Read.class)).isEmpty();
    }

    @Test
    void whatTheServerDoesNotCountGrowsTogetherAndIsBounded() {
        Scene scene = online();
        scene.link().receive(Scene.fromBob(1, 100));
        for (IncomingMessage message : incoming) {
            scene.client.markRead(message);
            scene.loop.run();
        }
        assertThat(scene.link().sent(Read.class)).hasSize(16);
        scene.link().receive(new Count(Lane.CHAT, 16));
        assertThat(scene.link().sent(Read.class)).hasSize(17).last().isEqualTo(readOfBob(17, 100));
    }

    @Test
    void takesMarksOfABoundedNumberOfSenders() {
        ReadMarks marks = new ReadMarks();
        for (int sender = 0; sender < ReadMarks.MAX_SETS; sender++) {
            assertThat(marks.mark(fromInstance(sender))).isTrue();
        }
        assertThat(marks.mark(fromInstance(ReadMarks.MAX_SETS))).isFalse();
        marks.close();
        assertThat(marks.mark(fromInstance(0))).isFalse();
    }

    @Test
    void ephemeralMessagesArePassedOver() {
        Scene scene = online();
        scene.link().receive(Scene.fromBob(1, Lane.EPHEMERAL));
        assertThat(scene.client.markRead(incoming.get(0))).isTrue();
        scene.loop.run();
        assertThat(scene.link().sent(Read.class)).isEmpty();
    }

    @Test
    void closingWaitsUntilTheServerHasCountedThem() {
        Scene scene = online();
        scene.link().receive(Scene.fromBob(1));
        scene.client.markRead(incoming.get(0));
        scene.client.closeAsync();
        scene.loop.run();
        assertThat(scene.link().sent(Read.class)).hasSize(1);
        assertThat(scene.link().sent(Logout.class)).isEmpty();
        scene.link().receive(new Count(Lane.CHAT, 1));
        assertThat(scene.link().sent(Logout.class)).hasSize(1);
        assertThat(scene.client.markRead(incoming.get(0))).isFalse();
    }

    @Test
    void awaitedReadCompletesAndListenersHearWhoReadWhat() {
        Scene scene = online();
        CompletableFuture<Receipt> read =
                scene.client.send("bob", "hi", ReceiptLevel.READ).toCompletableFuture();
        scene.loop.run();
        scene.accept(1, 1);
        scene.deliver(1, 1);
        assertThat(read).isNotDone();
        scene.link().receive(new Read(BOB, scene.client.instance(), CounterRanges.of(1)));
        assertThat(read).isCompletedWithValue(new Receipt(1, ReasonCode.OK, ReceiptLevel.READ));
        assertThat(scene.receipts).containsExactly("ACCEPTED 1-1", "DELIVERED 1-1", "READ 1-1");
        assertThat(reads).containsExactly("bob read 1-1");
        assertThat(scene.link().sent(Count.class)).as("a READ is counted").containsExactly(new Count(Lane.CHAT, 1));
    }

    @Test
    void awaitedReadIsAskedForAgainOverTheNextLink() {
        Scene scene = online();
        CompletableFuture<Receipt> read =
                scene.client.send("bob", "hi", ReceiptLevel.READ).toCompletableFuture();
        scene.loop.run();
        scene.deliver(1, 1);
        scene.comeBack();
        scene.login();
        assertThat(scene.link().sentCounters()).containsExactly(1L);
        scene.link().receive(new Read(BOB, scene.client.instance(), CounterRanges.of(1)));
        assertThat(read.join().level()).isEqualTo(ReceiptLevel.READ);
    }

    @Test
    void hearsWhatThisUserHasReadOnAnotherDevice() {
        Scene scene = online();
        scene.link().receive(new Read(new UserId("alice"), Scene.BOB, CounterRanges.of(3, 4)));
        assertThat(reads).containsExactly("elsewhere " + Scene.BOB + " 3-4");
        assertThat(scene.receipts).isEmpty();
    }

    private Scene online() {
        return Scene.online(options -> options.onMessage(incoming::add).readListener(new ReadListener() {
            @Override
            public void readBy(String reader, long firstCounter, long lastCounter) {
                reads.add(reader + " read " + firstCounter + "-" + lastCounter);
            }

            @Override
            public void readElsewhere(long instance, long firstCounter, long lastCounter) {
                reads.add("elsewhere " + instance + " " + firstCounter + "-" + lastCounter);
            }
        }));
    }

    private static Read readOfBob(long first, long last) {
        return new Read(BOB, Scene.BOB, CounterRanges.of(first, last));
    }

    private static io.hongyan.protocol.packet.Message fromInstance(long instance) {
        return Scene.fromBob(1).withId(new io.hongyan.protocol.packet.MessageId(instance, 1));
    }
}
