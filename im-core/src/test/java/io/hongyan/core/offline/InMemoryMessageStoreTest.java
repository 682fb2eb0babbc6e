// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hongyan.protocol.ReasonCode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InMemoryMessageStoreTest extends MessageStoreContract {
    @Override
    protected MessageStore newStore() {
        return new InMemoryMessageStore();
    }

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
        MessageStore small = new InMemoryMessageStore(100, 600, 1000);
        assertThat(done(small.append(BOB, message("a"))).code()).isEqualTo(ReasonCode.OK);
        assertThat(done(small.append(BOB, message("b"))).code()).isEqualTo(ReasonCode.OK);
        assertThat(done(small.append(BOB, message("c"))).code()).isEqualTo(ReasonCode.INBOX_FULL);
        assertThat(done(small.append(CAROL, message("a"))).code()).isEqualTo(ReasonCode.OK);
        assertThat(done(small.append(CAROL, message("b"))).code()).isEqualTo(ReasonCode.BACKPRESSURED);
    }

    @Test
    void takesBackWhatItOnceLetGoBeyondItsBounds() {
        InMemoryMessageStore small = new InMemoryMessageStore(1, 300, 300);
        done(small.append(BOB, message("b")));
        done(small.putBack(BOB, List.of(new StoredMessage(StoredMessage.NOT_STORED, message("a")))));
        assertThat(small.keptMessages(BOB)).isEqualTo(2);
    }

    @Test
    void givesBackEveryByte() {
        InMemoryMessageStore memory = (InMemoryMessageStore) store;
        List<StoredMessage> kept = appendAll("a", "bb", "ccc");
        done(store.putBack(BOB, kept));
        done(store.append(BOB, message("short").withTtlSeconds(1)));
        done(store.expire(NOW + 5000, 10));
        Page page = read(StoredMessage.NOT_STORED, 10, 10_000);
        done(store.forget(
                BOB, page.messages().stream().mapToLong(StoredMessage::position).toArray()));
        assertThat(memory.keptBytes()).isZero();
        assertThat(memory.keptMessages(BOB)).isZero();
    }

    @Test
    void insistsOnBounds() {
        assertThatIllegalArgumentException().isThrownBy(() -> new InMemoryMessageStore(0, 1, 1));
    }
}
