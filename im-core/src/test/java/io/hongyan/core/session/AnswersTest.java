// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestConnection;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.SendResult;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AnswersTest {
    private final TestWorld world = TestWorld.withLoops(1);
    private final TestClient client = new TestClient("a", "d", 7, world.queue());
    private final TestConnection connection =
            new TestConnection(world.owner(0), true, world.queue(), client, new InetSocketAddress("127.0.0.1", 1));
    private final Answers answers = new Answers(7, 10, true);

    @Test
    void joinsResultsIntoOneFrameOfEachKind() {
        for (long counter = 1; counter <= 5; counter++) {
            answers.settledNow(Lane.CHAT, counter, ReasonCode.OK);
        }
        answers.settledNow(Lane.BULK, 6, ReasonCode.INBOX_FULL);
        answers.settledNow(Lane.CHAT, 7, ReasonCode.OK);
        answers.delivered(2);
        answers.delivered(1);
        assertThat(written())
                .containsExactly(
                        new SendResult(7, ReasonCode.OK, ranges(1, 5, 7, 7)),
                        new SendResult(7, ReasonCode.INBOX_FULL, CounterRanges.of(6)),
                        new Delivered(7, CounterRanges.of(1, 2)),
                        new Count(Lane.CHAT, 6),
                        new Count(Lane.BULK, 1));
        assertThat(written()).isEmpty();
        assertThat(answers.isIdle()).isTrue();
    }

    @Test
    void countsAFrameOnlyWhenItIsFinished() {
        long number = answers.open(Lane.CHAT);
        answers.settledNow(Lane.CHAT, 2, ReasonCode.OK);
        assertThat(written()).containsExactly(new SendResult(7, ReasonCode.OK, CounterRanges.of(2)));
        assertThat(answers.isIdle()).isFalse();
        answers.finish(Lane.CHAT, number);
        assertThat(written()).containsExactly(new Count(Lane.CHAT, 2));
    }

    @Test
    void isCrowdedByTooManyOpenFrames() {
        for (int i = 0; i < 9; i++) {
            answers.open(Lane.CHAT);
        }
        assertThat(answers.isCrowded()).isFalse();
        answers.open(Lane.CHAT);
        assertThat(answers.isCrowded()).isTrue();
        for (int number = 1; number <= 5; number++) {
            assertThat(answers.isRoomy()).isFalse();
            answers.finish(Lane.CHAT, number);
        }
        assertThat(answers.isRoomy()).isTrue();
    }

    @Test
    void losesNoCounterHoweverScatteredAndSaysThatItIsCrowded() {
        for (long counter = 1; counter <= 6000; counter++) {
            answers.settledNow(Lane.CHAT, counter, counter % 2 == 0 ? ReasonCode.OK : ReasonCode.THROTTLED);
        }
        assertThat(answers.isCrowded()).isTrue();
        List<Packet> packets = written();
        assertThat(answers.isCrowded()).isFalse();
        long total = packets.stream()
                .filter(SendResult.class::isInstance)
                .mapToLong(packet -> ((SendResult) packet).counters().counters())
                .sum();
        assertThat(total).isEqualTo(6000);
    }

    private List<Packet> written() {
        int before = client.packets.size();
        world.owner(0).execute(() -> {
            answers.write(connection);
            connection.flush();
        });
        world.settle();
        return List.copyOf(client.packets.subList(before, client.packets.size()));
    }

    private static CounterRanges ranges(long first, long last, long first2, long last2) {
        CounterRanges.Builder builder = new CounterRanges.Builder();
        for (long counter = first; counter <= last; counter++) {
            builder.add(counter);
        }
        for (long counter = first2; counter <= last2; counter++) {
            builder.add(counter);
        }
        return builder.build();
    }

    @Test
    void beginsANewLinkWithWhatMayBeLostAndItsCounts() {
        answers.settledNow(Lane.CHAT, 1, ReasonCode.OK);
        long open = answers.open(Lane.CHAT);
        assertThat(written()).hasSize(2);
        answers.rewind();
        answers.finish(Lane.CHAT, open);
        answers.delivered(1);
        assertThat(again())
                .containsExactly(
                        new SendResult(7, ReasonCode.OK, CounterRanges.of(1)),
                        new Delivered(7, CounterRanges.of(1)),
                        new Count(Lane.BULK, 0),
                        new Count(Lane.CHAT, 1));
        assertThat(written()).isEmpty();
        answers.finishedNow(Lane.CHAT);
        assertThat(written()).containsExactly(new Count(Lane.CHAT, 2));
    }

    private List<Packet> again() {
        int before = client.packets.size();
        world.owner(0).execute(() -> {
            answers.writeAgain(connection);
            connection.flush();
        });
        world.settle();
        return List.copyOf(client.packets.subList(before, client.packets.size()));
    }
}
