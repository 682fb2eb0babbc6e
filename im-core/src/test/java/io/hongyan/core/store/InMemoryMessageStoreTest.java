// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.GroupId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the store in memory does at its bounds; what every store does is in its contract. */
final class InMemoryMessageStoreTest {
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");
    private static final DeviceId PHONE = new DeviceId("phone");
    private static final DeviceId LAPTOP = new DeviceId("laptop");
    private static final int COST = 100 + InMemoryMessageStore.OVERHEAD_BYTES;
    private static final int HOLDER = InMemoryMessageStore.HOLDER_BYTES;

    private long counter;

    @Test
    void refusesBeyondTheMessagesOfAnInbox() {
        InMemoryMessageStore store = new InMemoryMessageStore(3, 1 << 20, 1 << 20);
        assertThat(codes(store, 4)).containsExactly(ReasonCode.OK, ReasonCode.OK, ReasonCode.OK, ReasonCode.INBOX_FULL);
        assertThat(store.keptMessages(BOB)).isEqualTo(3);
        assertThat(store.keptBytes()).isEqualTo(3 * COST + 2 * HOLDER);
    }

    @Test
    void refusesBeyondTheBytesOfAnInboxButTakesOneLargeMessage() {
        InMemoryMessageStore store = new InMemoryMessageStore(100, 2 * COST, 1 << 20);
        assertThat(codes(store, 3)).containsExactly(ReasonCode.OK, ReasonCode.OK, ReasonCode.INBOX_FULL);
        InMemoryMessageStore tiny = new InMemoryMessageStore(100, 10, 1 << 20);
        assertThat(codes(tiny, 2)).containsExactly(ReasonCode.OK, ReasonCode.INBOX_FULL);
    }

    @Test
    void sequencesHaveNoGapBehindARefusal() {
        InMemoryMessageStore store = new InMemoryMessageStore(1, 1 << 20, 1 << 20);
        done(store.cursor(BOB, PHONE));
        codes(store, 2);
        done(store.advance(BOB, PHONE, 1));
        assertThat(done(store.append(toBob())).sequence()).isEqualTo(2);
    }

    @Test
    void refusesBeyondTheTotal() {
        long total = 5 * COST + 4 * HOLDER;
        InMemoryMessageStore store = new InMemoryMessageStore(100, 1 << 20, total);
        assertThat(codes(store, 9)).startsWith(ReasonCode.OK, ReasonCode.OK).endsWith(ReasonCode.BACKPRESSURED);
        assertThat(store.keptMessages(BOB)).isBetween(3, 5);
        assertThat(store.keptBytes()).isLessThanOrEqualTo(total);
    }

    @Test
    void letsGoOfWhatAllDevicesHave() {
        InMemoryMessageStore store = new InMemoryMessageStore();
        done(store.cursor(BOB, PHONE));
        done(store.cursor(BOB, LAPTOP));
        codes(store, 4);
        done(store.advance(BOB, PHONE, 4));
        assertThat(store.keptMessages(BOB)).isEqualTo(4);
        done(store.advance(BOB, LAPTOP, 3));
        assertThat(store.keptMessages(BOB)).isEqualTo(1);
        done(store.advance(BOB, LAPTOP, 4));
        assertThat(store.keptBytes()).isEqualTo(2 * HOLDER);
    }

    @Test
    void aDeviceThatStaysAwaySeesAGapWhereTheInboxWasFull() {
        InMemoryMessageStore store = new InMemoryMessageStore(3, 1 << 20, 1 << 20);
        done(store.cursor(BOB, PHONE));
        done(store.cursor(BOB, LAPTOP));
        codes(store, 3);
        done(store.advance(BOB, PHONE, 2));
        assertThat(codes(store, 3)).containsExactly(ReasonCode.OK, ReasonCode.OK, ReasonCode.INBOX_FULL);
        InboxPage page = done(store.read(BOB, 0, 10, 1 << 20));
        assertThat(page.lostThrough()).isEqualTo(2);
        assertThat(page.messages()).extracting(StoredMessage::position).containsExactly(3L, 4L, 5L);
        assertThat(done(store.read(BOB, 2, 10, 1 << 20)).lostThrough())
                .as("no gap for who had them")
                .isEqualTo(2);
    }

    @Test
    void aFullMemberDoesNotHoldUpHisGroup() {
        InMemoryMessageStore store = new InMemoryMessageStore(2, 1 << 20, 1 << 20);
        for (int i = 0; i < 3; i++) {
            Message message = message(Address.group("team"));
            Appended appended = done(store.append(
                    new Envelope(ConversationId.ofGroup(new GroupId("team")), message, List.of(ALICE, BOB))));
            assertThat(appended.code()).isEqualTo(ReasonCode.OK);
        }
        InboxPage page = done(store.read(BOB, 0, 10, 1 << 20));
        assertThat(page.lostThrough()).isEqualTo(1);
        assertThat(page.messages()).hasSize(2);
    }

    @Test
    void keepsSoMuchHistoryAndDropsItFirst() {
        InMemoryMessageStore store = new InMemoryMessageStore(1000, 1 << 20, 10 * COST + 4 * HOLDER, 5);
        done(store.cursor(BOB, PHONE));
        ConversationId talk = ConversationId.ofUsers(ALICE, BOB);
        for (int i = 1; i <= 8; i++) {
            assertThat(done(store.append(toBob())).code()).isEqualTo(ReasonCode.OK);
            done(store.advance(BOB, PHONE, i));
        }
        assertThat(done(store.history(talk, Long.MAX_VALUE, 10, 1 << 20)))
                .extracting(Message::sequence)
                .containsExactly(8L, 7L, 6L, 5L, 4L);
        assertThat(done(store.history(talk, 6, 1, 1 << 20)))
                .extracting(Message::sequence)
                .containsExactly(5L);
        assertThat(store.keptBytes()).isEqualTo(5 * COST + 2 * HOLDER);

        assertThat(codes(store, 9)).containsOnly(ReasonCode.OK);
        assertThat(done(store.history(talk, Long.MAX_VALUE, 10, 1 << 20))).hasSizeLessThan(5);
        assertThat(store.keptBytes()).isLessThanOrEqualTo(10 * COST + 4 * HOLDER);
    }

    @Test
    void numbersGoOnWhereNobodyRemembersThem() {
        InMemoryMessageStore store = new InMemoryMessageStore(1000, 1 << 20, 8 * COST);
        UserId[] users =
                IntStream.range(0, 40).mapToObj(i -> new UserId("u" + i)).toArray(UserId[]::new);
        long last = 0;
        for (int round = 0; round < 3; round++) {
            for (UserId user : users) {
                done(store.cursor(user, PHONE));
                Appended appended = done(store.append(new Envelope(
                        ConversationId.ofUsers(ALICE, user), message(new Address.User(user)), List.of(user))));
                if (appended.code() == ReasonCode.OK) {
                    long position = appended.positions().get(0);
                    if (user.equals(users[0])) {
                        assertThat(position).isGreaterThan(last);
                        last = position;
                        assertThat(done(store.read(user, 0, 10, 1000)).lostThrough())
                                .isZero();
                    }
                    done(store.advance(user, PHONE, position));
                }
            }
            assertThat(store.keptBytes()).isLessThanOrEqualTo(8 * COST + 2 * HOLDER);
        }
        assertThat(last).isPositive();
    }

    @Test
    void remembersSoManyDevicesAndMarks() {
        InMemoryMessageStore store = new InMemoryMessageStore();
        codes(store, 2);
        for (int i = 0; i <= MessageStore.MAX_DEVICES; i++) {
            assertThat(done(store.cursor(BOB, new DeviceId("d" + i))).fresh()).isTrue();
        }
        assertThat(done(store.cursor(BOB, new DeviceId("d1"))).fresh()).isFalse();
        assertThat(done(store.cursor(BOB, new DeviceId("d0"))).fresh())
                .as("made way")
                .isTrue();
        for (int i = 0; i <= 256; i++) {
            done(store.markRead(BOB, ConversationId.ofGroup(new GroupId("g" + i)), 7));
        }
        assertThat(done(store.readMark(BOB, ConversationId.ofGroup(new GroupId("g0")))))
                .isZero();
        assertThat(done(store.readMark(BOB, ConversationId.ofGroup(new GroupId("g256")))))
                .isEqualTo(7);
    }

    @Test
    void closesToNothing() {
        InMemoryMessageStore store = new InMemoryMessageStore();
        codes(store, 3);
        done(store.close());
        assertThat(store.keptBytes()).isZero();
        assertThat(store.keptMessages(BOB)).isZero();
    }

    @Test
    void boundsAreAtLeastOne() {
        assertThatThrownBy(() -> new InMemoryMessageStore(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InMemoryMessageStore(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InMemoryMessageStore(1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InMemoryMessageStore(1, 1, 1, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private List<ReasonCode> codes(InMemoryMessageStore store, int messages) {
        return IntStream.range(0, messages)
                .mapToObj(i -> done(store.append(toBob())).code())
                .collect(Collectors.toList());
    }

    private Envelope toBob() {
        return new Envelope(ConversationId.ofUsers(ALICE, BOB), message(new Address.User(BOB)), List.of(BOB));
    }

    private Message message(Address to) {
        return Message.of(new MessageId(1, ++counter), to, Payload.of(new byte[100]))
                .withServerFields(new Address.User(ALICE), null, 0, 1_700_000_000_000L);
    }

    private static <T> T done(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }
}
