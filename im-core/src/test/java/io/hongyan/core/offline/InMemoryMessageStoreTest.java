// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is special of the store in memory; what it shares with all stores is tested in im-contracts. */
final class InMemoryMessageStoreTest {
    private static final UserId BOB = new UserId("bob");
    private static final UserId CAROL = new UserId("carol");
    private static final long NOW = 1_700_000_000_000L;

    private final InMemoryMessageStore store = new InMemoryMessageStore();
    private long counter;

    @Test
    void saysThatItIsMemoryOnly() {
        assertThat(store.durable()).isFalse();
        assertThat(store.description()).contains("memory only");
    }

    @Test
    void refusesBeyondTheBoundOfMessagesPerUser() {
        MessageStore small = new InMemoryMessageStore(2, 1 << 20, 1 << 20);
        assertThat(done(small.append(BOB, message("a"))).code()).isEqualTo(ReasonCode.OK);
        assertThat(done(small.append(BOB, message("b"))).code()).isEqualTo(ReasonCode.OK);
        assertThat(done(small.append(BOB, message("c")))).isEqualTo(Appended.refused(ReasonCode.INBOX_FULL));
        assertThat(done(small.append(CAROL, message("c"))).code()).isEqualTo(ReasonCode.OK);
    }

    @Test
    void refusesBeyondTheBoundsOfBytes() {
        MessageStore small = new InMemoryMessageStore(100, 600, 1500);
        assertThat(done(small.append(BOB, message("a"))).code()).isEqualTo(ReasonCode.OK);
        assertThat(done(small.append(BOB, message("b"))).code()).isEqualTo(ReasonCode.OK);
        assertThat(done(small.append(BOB, message("c"))).code()).isEqualTo(ReasonCode.INBOX_FULL);
        assertThat(done(small.append(CAROL, message("a"))).code()).isEqualTo(ReasonCode.OK);
        assertThat(done(small.append(CAROL, message("b"))).code()).isEqualTo(ReasonCode.BACKPRESSURED);
    }

    /** A message to each of many made-up users costs an inbox each. */
    @Test
    void countsTheInboxesThemselves() {
        int users = 100;
        InMemoryMessageStore small = new InMemoryMessageStore(100, 1 << 20, users * (256 + 256));
        for (int i = 0; i < users; i++) {
            assertThat(done(small.append(new UserId("u" + i), message(""))).code())
                    .isEqualTo(ReasonCode.OK);
        }
        assertThat(done(small.append(new UserId("one more"), message(""))).code())
                .isEqualTo(ReasonCode.BACKPRESSURED);
        done(small.forget(new UserId("u0"), new long[] {1}));
        assertThat(small.keptBytes()).isEqualTo((users - 1) * 512L);
        assertThat(done(small.append(new UserId("one more"), message(""))).code())
                .isEqualTo(ReasonCode.OK);
    }

    @Test
    void takesBackWhatItOnceLetGoBeyondItsBounds() {
        InMemoryMessageStore small = new InMemoryMessageStore(1, 300, 600);
        done(small.append(BOB, message("b")));
        done(small.putBack(BOB, List.of(new StoredMessage(StoredMessage.NOT_STORED, message("a")))));
        assertThat(small.keptMessages(BOB)).isEqualTo(2);
    }

    @Test
    void givesBackEveryByte() {
        List<StoredMessage> kept = Stream.of("a", "bb", "ccc")
                .map(text -> done(store.append(BOB, message(text))).stored())
                .toList();
        done(store.putBack(BOB, kept));
        done(store.append(BOB, message("short").withTtlSeconds(1)));
        done(store.expire(NOW + 5000, 10));
        Page page = done(store.read(BOB, StoredMessage.NOT_STORED, 10, 10_000));
        done(store.forget(
                BOB, page.messages().stream().mapToLong(StoredMessage::position).toArray()));
        assertThat(store.keptBytes()).isZero();
        assertThat(store.keptMessages(BOB)).isZero();
    }

    @Test
    void hasNoEmptyPageThatIsNotTheLast() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Page(List.of(), false));
    }

    @Test
    void insistsOnBounds() {
        assertThatIllegalArgumentException().isThrownBy(() -> new InMemoryMessageStore(0, 1, 1));
    }

    private Message message(String text) {
        return Message.text(new MessageId(1, ++counter), Address.user("bob"), text)
                .withServerFields(Address.user("alice"), null, 0, NOW);
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
