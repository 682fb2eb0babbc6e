// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hongyan.core.store.Appended;
import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Cursor;
import io.hongyan.core.store.Envelope;
import io.hongyan.core.store.ExpiredMessage;
import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.store.StoredMessage;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.ContentKind;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.GroupId;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every store of messages does, as {@link MessageStore} says it. A store's own test extends this class and says how
 * one is made:
 *
 * <pre>{@code
 * class PaperStoreTest extends MessageStoreContract {
 *     protected MessageStore newStore() {
 *         return new PaperStore(emptyBook());
 *     }
 *
 *     protected MessageStore reopen() {
 *         return new PaperStore(sameBook());
 *     }
 * }
 * }</pre>
 *
 * <p>A store that is not {@link MessageStore#durable durable} is not asked to keep anything from one opening to the next.
 */
public abstract class MessageStoreContract {
    /** Users of the tests. */
    protected static final UserId ALICE = new UserId("alice");

    protected static final UserId BOB = new UserId("bob");
    protected static final UserId CAROL = new UserId("carol");

    /** Devices of the tests. */
    protected static final DeviceId PHONE = new DeviceId("phone");

    protected static final DeviceId LAPTOP = new DeviceId("laptop");

    /** Wall time in the tests, in ms since 1970. */
    protected static final long NOW = 1_700_000_000_000L;

    /** The time to live of what expires in the tests, in s. */
    protected static final int TTL_SECONDS = 60;

    /** When a message with that time to live has just not, and has just expired. */
    protected static final long LAST_MOMENT = NOW + TTL_SECONDS * 1000L;

    protected static final long TOO_LATE = LAST_MOMENT + 1;

    private static final ConversationId CHAT = ConversationId.ofUsers(ALICE, BOB);
    private static final long INSTANCE = 0xfeed_0000_0000_0001L;
    private static final int MANY = 1_000;
    private static final int BYTES = 1_000_000;
    private static final long PATIENCE_SECONDS = 20;

    /** The store of this test. */
    protected MessageStore store;

    private long counter;

    /** An empty store that keeps at least 10,000 small messages per user. */
    protected abstract MessageStore newStore();

    /** The store of this test once more, after it was closed; asked of durable stores only. */
    protected abstract MessageStore reopen();

    /** The largest payload that the store keeps, in bytes; 0 if it keeps all that the protocol can carry. */
    protected int maxMessageBytes() {
        return 0;
    }

    @BeforeEach
    final void open() {
        store = newStore();
    }

    @AfterEach
    final void close() {
        done(store.close());
    }

    // ---- order -----------------------------------------------------------------------------------------------------

    @Test
    protected void sequencesAndPositionsAscendByOneFromOne() {
        for (int i = 1; i <= 5; i++) {
            Appended appended = done(store.append(toBob("m" + i)));
            assertThat(appended.code()).isEqualTo(ReasonCode.OK);
            assertThat(appended.sequence()).isEqualTo(i);
            assertThat(appended.timeMillis()).isEqualTo(NOW);
            assertThat(appended.repeated()).isFalse();
            assertThat(appended.positions().size()).isEqualTo(2);
            assertThat(appended.positions().get(0)).isEqualTo(i);
            assertThat(appended.positions().get(1)).isEqualTo(i);
        }
    }

    @Test
    protected void conversationsAndInboxesCountByThemselves() {
        ConversationId other = ConversationId.ofUsers(CAROL, BOB);
        assertThat(done(store.append(toBob("a"))).sequence()).isEqualTo(1);
        Appended second = done(store.append(new Envelope(other, from(CAROL, "b", 0), List.of(BOB, CAROL))));
        assertThat(second.sequence()).isEqualTo(1);
        assertThat(second.positions().get(0)).as("bob's second").isEqualTo(2);
        assertThat(second.positions().get(1)).as("carol's first").isEqualTo(1);
        assertThat(done(store.append(toBob("c"))).sequence()).isEqualTo(2);
        assertThat(texts(readAll(BOB))).containsExactly("a", "b", "c");
        assertThat(texts(readAll(CAROL))).containsExactly("b");
    }

    @Test
    protected void whatSoundsAlikeIsNotTheSame() {
        List<ConversationId> alike = List.of(
                ConversationId.ofGroup(new GroupId("x")),
                ConversationId.ofGroup(new GroupId("X")),
                ConversationId.ofGroup(new GroupId("x ")),
                ConversationId.ofGroup(new GroupId("\u00e4")),
                ConversationId.ofGroup(new GroupId("a\u0308")),
                ConversationId.ofServer(new UserId("x")));
        List<UserId> owners = List.of(new UserId("bob"), new UserId("Bob"), new UserId("bob "), new UserId("b\u00f6b"));
        for (ConversationId conversation : alike) {
            for (UserId owner : owners) {
                Appended appended = done(store.append(new Envelope(conversation, from(ALICE, "m", 0), List.of(owner))));
                assertThat(appended.sequence()).isEqualTo(owners.indexOf(owner) + 1);
                assertThat(appended.positions().get(0)).isEqualTo(alike.indexOf(conversation) + 1);
            }
        }
    }

    @Test
    protected void aConversationWithoutInboxesIsKept() {
        Appended appended = done(store.append(new Envelope(CHAT, from(ALICE, "a", 0), List.of())));
        assertThat(appended.sequence()).isEqualTo(1);
        assertThat(appended.positions().size()).isZero();
        assertThat(history(Long.MAX_VALUE, 10))
                .extracting(MessageStoreContract::text)
                .containsExactly("a");
    }

    @Test
    protected void appendsTakeEffectInTheOrderOfTheirCallsAndCompleteInIt() {
        List<Long> completed = Collections.synchronizedList(new ArrayList<>());
        List<CompletionStage<Appended>> stages = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            CompletionStage<Appended> stage = store.append(toBob("m" + i));
            stages.add(stage.whenComplete((appended, failure) -> {
                if (appended != null) {
                    completed.add(appended.sequence());
                }
            }));
        }
        stages.forEach(MessageStoreContract::done);
        assertThat(completed).containsExactlyElementsOf(upTo(MANY));
        assertThat(texts(readAll(BOB)))
                .containsExactlyElementsOf(
                        IntStream.range(0, MANY).mapToObj(i -> "m" + i).toList());
    }

    @Test
    protected void severalThreadsLeaveNoGapAndNoDouble() throws Exception {
        int threads = 4;
        int each = MANY / 4;
        List<Appended> all = Collections.synchronizedList(new ArrayList<>());
        inParallel(threads, thread -> {
            List<CompletionStage<Appended>> stages = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                Message message = message(ALICE, thread + 1, i + 1, thread + "-" + i);
                stages.add(store.append(new Envelope(CHAT, message, List.of(ALICE, BOB, user(thread)))));
            }
            for (CompletionStage<Appended> stage : stages) {
                all.add(done(stage));
            }
        });
        assertThat(all).extracting(Appended::sequence).containsExactlyInAnyOrderElementsOf(upTo(threads * each));
        assertThat(all)
                .extracting(appended -> appended.positions().get(1))
                .containsExactlyInAnyOrderElementsOf(upTo(threads * each));
        List<StoredMessage> inbox = readAll(BOB);
        assertThat(inbox).extracting(StoredMessage::position).containsExactlyElementsOf(upTo(threads * each));
        assertThat(inbox)
                .extracting(stored -> stored.message().sequence())
                .containsExactlyElementsOf(upTo(threads * each));
        for (int thread = 0; thread < threads; thread++) {
            String prefix = thread + "-";
            List<String> expected =
                    IntStream.range(0, each).mapToObj(i -> prefix + i).toList();
            assertThat(texts(readAll(user(thread)))).containsExactlyElementsOf(expected);
            assertThat(texts(inbox).stream().filter(text -> text.startsWith(prefix)))
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    protected void aReadSeesWhatWasConfirmed() {
        for (int i = 1; i <= 50; i++) {
            long position = done(store.append(toBob("m" + i))).positions().get(1);
            InboxPage page = done(store.read(BOB, position - 1, 1, BYTES));
            assertThat(texts(page.messages())).containsExactly("m" + i);
            assertThat(page.last()).isTrue();
        }
    }

    // ---- what is kept ----------------------------------------------------------------------------------------------

    @Test
    protected void keepsAllOfAMessage() {
        List<Message> messages = List.of(
                Message.of(new MessageId(Long.MIN_VALUE, MessageId.MAX_COUNTER), Address.group("g"), Payload.empty())
                        .withType(-1)
                        .withLane(Lane.BULK)
                        .withTtlSeconds(Integer.MAX_VALUE)
                        .withServerFields(Address.user("alice"), null, 0, NOW),
                Message.of(new MessageId(-1, 1), Address.device("b:o", "1:2"), Payload.of(new byte[] {0, -1, 127}))
                        .withContentKind(ContentKind.JSON)
                        .withServerFields(Address.server(), null, 0, NOW + 1),
                Message.text(new MessageId(0, 1), Address.server(), "\u9e3f\u96c1 \ud83d\udd4a")
                        .withServerFields(Address.device("alice", "phone"), null, 0, 1));
        for (Message message : messages) {
            done(store.append(new Envelope(CHAT, message, List.of(BOB))));
        }
        List<StoredMessage> kept = readAll(BOB);
        List<Message> history = history(Long.MAX_VALUE, 10);
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            Message expected = message.withServerFields(
                    Objects.requireNonNull(message.from()), CHAT.text(), i + 1, message.timeMillis());
            assertThat(kept.get(i).message()).isEqualTo(expected);
            assertThat(history.get(messages.size() - 1 - i)).isEqualTo(expected);
        }
    }

    @Test
    protected void refusesWhatIsTooLarge() {
        int most = maxMessageBytes();
        assumeTrue(most > 0, "the store keeps all that the protocol can carry");
        Appended fits = done(store.append(new Envelope(CHAT, from(ALICE, "x".repeat(most), 0), List.of(BOB))));
        Appended refused = done(store.append(new Envelope(CHAT, from(ALICE, "x".repeat(most + 1), 0), List.of(BOB))));
        assertThat(fits.code()).isEqualTo(ReasonCode.OK);
        assertThat(refused.code()).isEqualTo(ReasonCode.MESSAGE_TOO_LARGE);
        assertThat(done(store.append(toBob("next"))).sequence())
                .as("what was refused has no place")
                .isEqualTo(2);
    }

    // ---- the same again --------------------------------------------------------------------------------------------

    @Test
    protected void keepsAnIdOfASenderOnce() {
        Envelope envelope = toBob("a");
        done(store.append(envelope));
        done(store.append(toBob("b")));
        Message later = envelope.message().withServerFields(Address.user("alice"), null, 0, NOW + 5_000);
        Appended again = done(store.append(new Envelope(CHAT, later, envelope.inboxes())));
        assertThat(again).isEqualTo(Appended.again(1, NOW));
        assertThat(texts(readAll(BOB))).containsExactly("a", "b");
        assertThat(done(store.append(toBob("c"))).sequence()).as("no gap").isEqualTo(3);
    }

    @Test
    protected void anIdThatWasLeftOutIsNewAndOneBehindItIsNot() {
        keep(1);
        keep(3);
        assertThat(keep(2).repeated()).isFalse();
        assertThat(keep(3).repeated()).isTrue();
        keep(5);
        if (store.durable()) {
            done(store.close());
            store = reopen();
        }
        assertThat(keep(4).repeated()).isFalse();
        assertThat(keep(5).repeated()).isTrue();
        assertThat(keep(6).repeated()).isFalse();
        assertThat(keep(6).sequence()).isEqualTo(6);
    }

    private Appended keep(long counter) {
        return done(store.append(new Envelope(CHAT, message(ALICE, 1, counter, "m" + counter), List.of(BOB))));
    }

    @Test
    protected void theSameIdOfAnotherSenderIsAnother() {
        Message mine = message(ALICE, 7, 1, "mine");
        Message yours = message(BOB, 7, 1, "yours");
        assertThat(done(store.append(new Envelope(CHAT, mine, List.of(BOB)))).repeated())
                .isFalse();
        assertThat(done(store.append(new Envelope(CHAT, yours, List.of(BOB)))).repeated())
                .isFalse();
        assertThat(done(store.append(new Envelope(CHAT, message(ALICE, 8, 1, "new"), List.of(BOB))))
                        .repeated())
                .as("of another instance")
                .isFalse();
    }

    @Test
    protected void anIdThatComesTwiceAtOnceIsKeptOnce() throws Exception {
        int ids = 100;
        List<Appended> all = Collections.synchronizedList(new ArrayList<>());
        inParallel(4, thread -> {
            List<CompletionStage<Appended>> stages = new ArrayList<>();
            for (int i = 1; i <= ids; i++) {
                stages.add(store.append(new Envelope(CHAT, message(ALICE, 1, i, "m" + i), List.of(BOB))));
            }
            stages.forEach(stage -> all.add(done(stage)));
        });
        assertThat(all).hasSize(4 * ids);
        assertThat(all.stream().filter(appended -> !appended.repeated())).hasSize(ids);
        for (long sequence = 1; sequence <= ids; sequence++) {
            long each = sequence;
            assertThat(all.stream().filter(appended -> appended.sequence() == each))
                    .hasSize(4);
        }
        List<StoredMessage> inbox = readAll(BOB);
        assertThat(inbox).extracting(StoredMessage::position).containsExactlyElementsOf(upTo(ids));
        assertThat(texts(inbox)).doesNotHaveDuplicates();
    }

    // ---- pages -----------------------------------------------------------------------------------------------------

    @Test
    protected void readsPagesByCount() {
        appendAll("a", "b", "c", "d", "e");
        InboxPage first = done(store.read(BOB, 0, 2, BYTES));
        assertThat(texts(first.messages())).containsExactly("a", "b");
        assertThat(first.through()).isEqualTo(2);
        assertThat(first.lostThrough()).isZero();
        assertThat(first.last()).isFalse();
        InboxPage second = done(store.read(BOB, 2, 2, BYTES));
        assertThat(texts(second.messages())).containsExactly("c", "d");
        assertThat(second.lostThrough()).isEqualTo(2);
        InboxPage third = done(store.read(BOB, 4, 2, BYTES));
        assertThat(texts(third.messages())).containsExactly("e");
        assertThat(third.through()).isEqualTo(5);
        assertThat(third.last()).isTrue();
        assertThat(done(store.read(BOB, 5, 2, BYTES))).isEqualTo(InboxPage.nothing(5));
    }

    @Test
    protected void aPageThatEndsWithTheInboxIsTheLast() {
        appendAll("a", "b");
        assertThat(done(store.read(BOB, 0, 2, BYTES)).last()).isTrue();
    }

    @Test
    protected void readsPagesByBytes() {
        appendAll("aaaa", "bbbb", "cccc", "d");
        InboxPage first = done(store.read(BOB, 0, 10, 8));
        assertThat(texts(first.messages())).containsExactly("aaaa", "bbbb");
        assertThat(first.through()).isEqualTo(2);
        assertThat(first.last()).isFalse();
        InboxPage large = done(store.read(BOB, 0, 10, 3));
        assertThat(texts(large.messages())).as("one in any case").containsExactly("aaaa");
        assertThat(large.through()).isEqualTo(1);
        InboxPage rest = done(store.read(BOB, 2, 10, 5));
        assertThat(texts(rest.messages())).containsExactly("cccc", "d");
        assertThat(rest.last()).isTrue();
    }

    @Test
    protected void nothingIsInTheInboxOfAStranger() {
        assertThat(done(store.read(CAROL, 0, 10, BYTES))).isEqualTo(InboxPage.nothing(0));
        assertThat(done(store.read(CAROL, 7, 10, BYTES))).isEqualTo(InboxPage.nothing(7));
        appendAll("a");
        assertThat(done(store.read(BOB, 9, 10, BYTES))).as("behind the end").isEqualTo(InboxPage.nothing(9));
    }

    @Test
    protected void readsAConversationBackwards() {
        appendAll("a", "b", "c", "dd", "ee");
        assertThat(history(Long.MAX_VALUE, 2))
                .extracting(MessageStoreContract::text)
                .containsExactly("ee", "dd");
        assertThat(history(4, 2)).extracting(MessageStoreContract::text).containsExactly("c", "b");
        assertThat(history(2, 2)).extracting(MessageStoreContract::text).containsExactly("a");
        assertThat(history(1, 2)).isEmpty();
        assertThat(done(store.history(CHAT, Long.MAX_VALUE, 10, 5)))
                .extracting(MessageStoreContract::text)
                .as("by bytes")
                .containsExactly("ee", "dd", "c");
        assertThat(done(store.history(CHAT, Long.MAX_VALUE, 10, 1)))
                .extracting(MessageStoreContract::text)
                .as("one in any case")
                .containsExactly("ee");
        assertThat(done(store.history(ConversationId.ofUsers(ALICE, CAROL), Long.MAX_VALUE, 10, BYTES)))
                .isEmpty();
    }

    // ---- expiry ----------------------------------------------------------------------------------------------------

    @Test
    protected void readsOnBehindWhatItLetGoOf() {
        for (int i = 0; i < 20; i++) {
            appendExpiring("x" + i);
        }
        appendAll("b");
        appendExpiring("c");
        assertThat(readAll(BOB)).as("until it is let go").hasSize(22);
        while (!done(store.expire(TOO_LATE, 100)).isEmpty()) {}
        long after = 0;
        List<String> read = new ArrayList<>();
        for (int pages = 0; ; pages++) {
            assertThat(pages).as("pages until the end").isLessThan(20);
            InboxPage page = done(store.read(BOB, after, 3, BYTES));
            read.addAll(texts(page.messages()));
            assertThat(page.lostThrough()).as("expired is not lost").isEqualTo(after);
            after = page.through();
            if (page.last()) {
                break;
            }
        }
        assertThat(read).containsExactly("b");
        assertThat(after).isEqualTo(22);
    }

    @Test
    protected void tellsOnceWhatExpiredBeforeAnyDeviceHadIt() {
        appendExpiring("a");
        appendAll("b");
        assertThat(done(store.expire(LAST_MOMENT, 10))).isEmpty();
        List<ExpiredMessage> expired = done(store.expire(TOO_LATE, 10));
        assertThat(expired).hasSize(1);
        assertThat(expired.get(0).recipient()).isEqualTo(BOB);
        assertThat(expired.get(0).position()).isEqualTo(1);
        assertThat(text(expired.get(0).message())).isEqualTo("a");
        assertThat(done(store.expire(TOO_LATE, 10))).as("once").isEmpty();
        InboxPage page = done(store.read(BOB, 0, 10, BYTES));
        assertThat(texts(page.messages())).containsExactly("b");
        assertThat(page.lostThrough()).isZero();
        assertThat(done(store.append(toBob("c"))).sequence())
                .as("no place is used twice")
                .isEqualTo(3);
    }

    @Test
    protected void doesNotTellWhatADeviceHad() {
        done(store.cursor(BOB, PHONE));
        appendExpiring("seen");
        appendExpiring("unseen");
        done(store.advance(BOB, PHONE, 1));
        assertThat(done(store.expire(TOO_LATE, 10)))
                .extracting(expired -> text(expired.message()))
                .containsExactly("unseen");
    }

    @Test
    protected void letsGoOfAFewAtATime() {
        for (int i = 0; i < 5; i++) {
            appendExpiring("x" + i);
        }
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 20 && told.size() < 5; i++) {
            List<ExpiredMessage> some = done(store.expire(TOO_LATE, 2));
            assertThat(some).hasSizeLessThanOrEqualTo(2);
            some.forEach(expired -> told.add(text(expired.message())));
        }
        assertThat(told).containsExactlyInAnyOrder("x0", "x1", "x2", "x3", "x4");
    }

    // ---- cursors ---------------------------------------------------------------------------------------------------

    @Test
    protected void aFreshDeviceBeginsBehindTheFurthest() {
        assertThat(done(store.cursor(BOB, PHONE))).isEqualTo(new Cursor(0, 0, true));
        assertThat(done(store.cursor(BOB, PHONE))).isEqualTo(new Cursor(0, 0, false));
        appendAll("a", "b", "c");
        done(store.advance(BOB, PHONE, 2));
        assertThat(done(store.cursor(BOB, PHONE))).isEqualTo(new Cursor(2, 2, false));
        assertThat(done(store.cursor(BOB, LAPTOP))).isEqualTo(new Cursor(2, 2, true));
        assertThat(done(store.cursor(CAROL, PHONE))).isEqualTo(new Cursor(0, 0, true));
    }

    @Test
    protected void eachDeviceHasItsOwnCursorThatNeverGoesBack() {
        done(store.cursor(BOB, PHONE));
        done(store.cursor(BOB, LAPTOP));
        appendAll("a", "b", "c");
        done(store.advance(BOB, LAPTOP, 3));
        done(store.advance(BOB, PHONE, 2));
        done(store.advance(BOB, PHONE, 1));
        assertThat(done(store.cursor(BOB, PHONE))).isEqualTo(new Cursor(2, 3, false));
        assertThat(done(store.cursor(BOB, LAPTOP))).isEqualTo(new Cursor(3, 3, false));
    }

    @Test
    protected void aCursorIsSeenBehindTheCallThatMovedIt() {
        done(store.cursor(BOB, PHONE));
        appendAll("a", "b", "c");
        for (int position = 1; position <= 3; position++) {
            CompletionStage<Void> moved = store.advance(BOB, PHONE, position);
            done(moved);
            assertThat(done(store.cursor(BOB, PHONE)).position()).isEqualTo(position);
        }
    }

    @Test
    protected void theDeviceSavedLongestAgoMakesWay() {
        int most = MessageStore.MAX_DEVICES;
        String[] messages = new String[most + 1];
        Arrays.fill(messages, "m");
        appendAll(messages);
        for (int i = 1; i <= most; i++) {
            assertThat(done(store.cursor(BOB, device(i))).fresh()).isTrue();
        }
        List<CompletionStage<Void>> moved = new ArrayList<>();
        // Device 2 is the one saved longest ago.
        moved.add(store.advance(BOB, device(1), 1));
        for (int i = 3; i <= most; i++) {
            moved.add(store.advance(BOB, device(i), 2));
        }
        moved.forEach(MessageStoreContract::done);
        assertThat(done(store.cursor(BOB, device(0))).fresh()).isTrue();
        assertThat(done(store.cursor(BOB, device(1)))).isEqualTo(new Cursor(1, 2, false));
        assertThat(done(store.cursor(BOB, device(most)))).isEqualTo(new Cursor(2, 2, false));
        assertThat(done(store.cursor(BOB, device(2))).fresh()).isTrue();
    }

    // ---- reading and waiting ---------------------------------------------------------------------------------------

    @Test
    protected void knowsWhetherSomeDeviceHasAMessage() {
        appendAll("a", "b");
        done(store.cursor(BOB, PHONE));
        assertThat(done(store.delivered(BOB, CHAT, 1))).isFalse();
        done(store.advance(BOB, PHONE, 1));
        assertThat(done(store.delivered(BOB, CHAT, 1))).isTrue();
        assertThat(done(store.delivered(BOB, CHAT, 2))).isFalse();
        assertThat(done(store.delivered(BOB, ConversationId.ofUsers(BOB, CAROL), 2)))
                .as("nothing that is missing")
                .isTrue();
    }

    @Test
    protected void aReadMarkOnlyRises() {
        appendAll("a", "b", "c");
        assertThat(done(store.readMark(BOB, CHAT))).isZero();
        done(store.markRead(BOB, CHAT, 2));
        assertThat(done(store.readMark(BOB, CHAT))).isEqualTo(2);
        done(store.markRead(BOB, CHAT, 1));
        assertThat(done(store.readMark(BOB, CHAT))).isEqualTo(2);
        done(store.markRead(BOB, CHAT, 3));
        assertThat(done(store.readMark(BOB, CHAT))).isEqualTo(3);
        assertThat(done(store.readMark(ALICE, CHAT))).isZero();
        assertThat(done(store.readMark(BOB, ConversationId.ofUsers(BOB, CAROL))))
                .isZero();
    }

    @Test
    protected void countsWhatOthersSentAndNoDeviceHas() {
        assertThat(done(store.waiting(BOB, 10))).isZero();
        done(store.cursor(BOB, PHONE));
        appendAll("a", "b");
        done(store.append(new Envelope(CHAT, from(BOB, "mine", 0), List.of(ALICE, BOB))));
        appendAll("c");
        assertThat(done(store.waiting(BOB, 10))).isEqualTo(3);
        assertThat(done(store.waiting(BOB, 2))).as("stops counting").isEqualTo(2);
        done(store.advance(BOB, PHONE, 1));
        assertThat(done(store.waiting(BOB, 10))).isEqualTo(2);
        done(store.advance(BOB, PHONE, 4));
        assertThat(done(store.waiting(BOB, 10))).isZero();
        assertThat(done(store.waiting(ALICE, 10))).as("what bob sent").isEqualTo(1);
    }

    // ---- the end ---------------------------------------------------------------------------------------------------

    @Test
    protected void whatWasCalledBeforeTheCloseEnds() {
        List<CompletionStage<Appended>> stages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            stages.add(store.append(toBob("m" + i)));
        }
        done(store.close());
        stages.forEach(stage -> assertThat(stage.toCompletableFuture())
                .as("complete with the close")
                .isDone());
    }

    @Test
    protected void closesMoreThanOnce() {
        done(store.close());
        done(store.close());
    }

    @Test
    protected void aDurableStoreHasItAllWhenItIsOpenedAgain() {
        assumeTrue(store.durable(), "the store is not durable");
        done(store.cursor(BOB, PHONE));
        Envelope first = toBob("a");
        done(store.append(first));
        appendAll("b");
        appendExpiring("c");
        done(store.advance(BOB, PHONE, 1));
        done(store.markRead(BOB, CHAT, 2));
        done(store.close());

        store = reopen();
        assertThat(texts(readAll(BOB))).containsExactly("a", "b", "c");
        assertThat(history(Long.MAX_VALUE, 10))
                .extracting(MessageStoreContract::text)
                .containsExactly("c", "b", "a");
        assertThat(done(store.append(first))).isEqualTo(Appended.again(1, NOW));
        Appended next = done(store.append(toBob("d")));
        assertThat(next.sequence()).isEqualTo(4);
        assertThat(next.positions().get(1)).isEqualTo(4);
        assertThat(done(store.cursor(BOB, PHONE))).isEqualTo(new Cursor(1, 1, false));
        assertThat(done(store.readMark(BOB, CHAT))).isEqualTo(2);
        assertThat(done(store.waiting(BOB, 10))).isEqualTo(3);
        assertThat(done(store.expire(TOO_LATE, 10))).hasSize(1);
    }

    // ---- how it is said --------------------------------------------------------------------------------------------

    /** What a stage completes with. */
    protected static <T> T done(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new AssertionError("a stage failed: " + failed.getCause(), failed.getCause());
        } catch (TimeoutException late) {
            throw new AssertionError("a stage is not complete after " + PATIENCE_SECONDS + " s", late);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** A message of alice's to bob, for both their inboxes. */
    protected final Envelope toBob(String text) {
        return new Envelope(CHAT, from(ALICE, text, 0), List.of(ALICE, BOB));
    }

    /** All that is in an inbox. */
    protected final List<StoredMessage> readAll(UserId user) {
        List<StoredMessage> all = new ArrayList<>();
        long after = 0;
        while (true) {
            InboxPage page = done(store.read(user, after, 100, BYTES));
            all.addAll(page.messages());
            if (page.last()) {
                return all;
            }
            assertThat(page.through()).as("a page goes on").isGreaterThan(after);
            after = page.through();
        }
    }

    /** What messages say. */
    protected static List<String> texts(List<StoredMessage> messages) {
        return messages.stream().map(stored -> text(stored.message())).toList();
    }

    private void appendAll(String... texts) {
        for (String text : texts) {
            assertThat(done(store.append(toBob(text))).code()).isEqualTo(ReasonCode.OK);
        }
    }

    private void appendExpiring(String text) {
        done(store.append(new Envelope(CHAT, from(ALICE, text, TTL_SECONDS), List.of(BOB))));
    }

    private List<Message> history(long before, int most) {
        return done(store.history(CHAT, before, most, BYTES));
    }

    private Message from(UserId sender, String text, int ttlSeconds) {
        return message(sender, INSTANCE, ++counter, text).withTtlSeconds(ttlSeconds);
    }

    private static Message message(UserId sender, long instance, long counter, String text) {
        return Message.text(new MessageId(instance, counter), new Address.User(BOB), text)
                .withServerFields(new Address.User(sender), null, 0, NOW);
    }

    private static String text(Message message) {
        return message.payload().text();
    }

    private static UserId user(int number) {
        return new UserId("user" + number);
    }

    private static DeviceId device(int number) {
        return new DeviceId("device" + number);
    }

    private static List<Long> upTo(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private interface Part {
        void run(int thread);
    }

    private static void inParallel(int threads, Part part) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch begin = new CountDownLatch(threads);
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                parts.add(executor.submit(() -> {
                    begin.countDown();
                    begin.await();
                    part.run(thread);
                    return null;
                }));
            }
            for (Future<?> each : parts) {
                each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
