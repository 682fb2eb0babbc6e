// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.hongyan.core.offline.Appended;
import io.hongyan.core.offline.ExpiredMessage;
import io.hongyan.core.offline.MessageStore;
import io.hongyan.core.offline.Page;
import io.hongyan.core.offline.StoredMessage;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every message store does. A store's own test extends this class and says how one is made:
 *
 * <pre>{@code
 * class PaperStoreTest extends MessageStoreContract {
 *     protected MessageStore newStore() {
 *         return new PaperStore();
 *     }
 * }
 * }</pre>
 *
 * <p>What only stores in memory are asked for ({@code putBack}) is left out for durable ones.
 */
public abstract class MessageStoreContract {
    /** A user of the tests. */
    protected static final UserId BOB = new UserId("bob");
    /** Another. */
    protected static final UserId CAROL = new UserId("carol");
    /** Wall time in the tests, in ms since 1970. */
    protected static final long NOW = 1_700_000_000_000L;

    /** The store of this test. */
    protected MessageStore store;

    private long counter;

    /** An empty store that keeps at least 100 small messages per user. */
    protected abstract MessageStore newStore();

    @BeforeEach
    final void open() {
        store = newStore();
    }

    @AfterEach
    final void close() {
        done(store.close());
    }

    @Test
    protected void readsInOrderWhatWasAppended() {
        appendAll("a", "b", "c");
        Page page = read(StoredMessage.NOT_STORED, 10, 10_000);
        assertThat(texts(page)).containsExactly("a", "b", "c");
        assertThat(page.last()).isTrue();
        assertThat(page.messages()).isSortedAccordingTo((x, y) -> Long.compare(x.position(), y.position()));
    }

    @Test
    protected void readsOnBehindAPosition() {
        appendAll("a", "b", "c", "d");
        Page first = read(StoredMessage.NOT_STORED, 2, 10_000);
        assertThat(texts(first)).containsExactly("a", "b");
        assertThat(first.last()).isFalse();
        Page second = read(first.messages().get(1).position(), 2, 10_000);
        assertThat(texts(second)).containsExactly("c", "d");
        assertThat(second.last()).isTrue();
        assertThat(read(second.messages().get(1).position(), 2, 10_000)).isEqualTo(Page.nothing());
    }

    @Test
    protected void comesToAnEndByReadingOn() {
        appendAll("a", "b", "c");
        long after = StoredMessage.NOT_STORED;
        Page page = read(after, 1, 10_000);
        for (int pages = 0; !page.last(); pages++) {
            assertThat(pages).as("pages of one message each, of three").isLessThan(3);
            assertThat(page.messages()).as("only the last page may be empty").isNotEmpty();
            for (StoredMessage message : page.messages()) {
                assertThat(message.position()).isGreaterThan(after);
                after = message.position();
            }
            page = read(after, 1, 10_000);
        }
    }

    @Test
    protected void readsAtLeastOneMessageHoweverLarge() {
        appendAll("x".repeat(500), "y".repeat(500));
        assertThat(read(StoredMessage.NOT_STORED, 10, 100).messages()).hasSize(1);
    }

    @Test
    protected void keepsUsersApart() {
        appendAll("for bob");
        assertThat(done(store.read(CAROL, StoredMessage.NOT_STORED, 10, 1000))).isEqualTo(Page.nothing());
    }

    @Test
    protected void keepsWhatWasReadUntilItIsForgotten() {
        List<StoredMessage> kept = appendAll("a", "b", "c");
        read(StoredMessage.NOT_STORED, 10, 10_000);
        done(store.forget(BOB, new long[] {kept.get(0).position(), kept.get(2).position()}));
        assertThat(texts(read(StoredMessage.NOT_STORED, 10, 10_000))).containsExactly("b");
    }

    @Test
    protected void passesOverPositionsThatAreNotKept() {
        List<StoredMessage> kept = appendAll("a");
        done(store.forget(BOB, new long[] {kept.get(0).position(), kept.get(0).position() + 1000}));
        done(store.forget(CAROL, new long[] {1}));
        assertThat(read(StoredMessage.NOT_STORED, 10, 10_000)).isEqualTo(Page.nothing());
    }

    @Test
    protected void putsBackBeforeAllOthersAndDoublesNothing() {
        assumeFalse(store.durable(), "a durable store is not asked to put back");
        List<StoredMessage> kept = appendAll("p4", "p5", "s1");
        List<StoredMessage> back = List.of(
                kept.get(0),
                kept.get(1),
                new StoredMessage(StoredMessage.NOT_STORED, message("l1")),
                new StoredMessage(StoredMessage.NOT_STORED, message("l2")));
        done(store.putBack(BOB, back));
        appendAll("s2");
        Page page = read(StoredMessage.NOT_STORED, 10, 10_000);
        assertThat(texts(page)).containsExactly("p4", "p5", "l1", "l2", "s1", "s2");
        assertThat(page.messages()).isSortedAccordingTo((x, y) -> Long.compare(x.position(), y.position()));
        assertThat(page.messages().stream().map(StoredMessage::position)).doesNotHaveDuplicates();
    }

    @Test
    protected void putsBackIntoAnEmptyInbox() {
        assumeFalse(store.durable(), "a durable store is not asked to put back");
        done(store.putBack(BOB, List.of(new StoredMessage(StoredMessage.NOT_STORED, message("a")))));
        done(store.putBack(BOB, List.of(new StoredMessage(StoredMessage.NOT_STORED, message("b")))));
        assertThat(texts(read(StoredMessage.NOT_STORED, 10, 10_000))).containsExactly("b", "a");
    }

    @Test
    protected void neverUsesAPositionTwice() {
        assumeFalse(store.durable(), "a durable store is not asked to put back");
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            StoredMessage appended = appendAll("a").get(0);
            positions.add(appended.position());
            done(store.putBack(BOB, List.of(appended)));
            StoredMessage moved =
                    read(StoredMessage.NOT_STORED, 1, 100).messages().get(0);
            positions.add(moved.position());
            done(store.forget(BOB, new long[] {moved.position()}));
        }
        assertThat(positions).doesNotHaveDuplicates();
    }

    @Test
    protected void letsExpiredMessagesGo() {
        done(store.append(BOB, message("short").withTtlSeconds(10)));
        done(store.append(BOB, message("long").withTtlSeconds(100)));
        done(store.append(BOB, message("for ever")));
        List<ExpiredMessage> expired = done(store.expire(NOW + 11_000, 100));
        assertThat(expired).hasSize(1);
        assertThat(expired.get(0).recipient()).isEqualTo(BOB);
        assertThat(expired.get(0).message().payload().text()).isEqualTo("short");
        assertThat(done(store.expire(NOW + 11_000, 100))).isEmpty();
        assertThat(texts(read(StoredMessage.NOT_STORED, 10, 10_000))).containsExactly("long", "for ever");
    }

    @Test
    protected void keepsAMessageWholly() {
        Message message = message("whole").withType(7).withTtlSeconds(60);
        done(store.append(BOB, message));
        assertThat(read(StoredMessage.NOT_STORED, 1, 100).messages().get(0).message())
                .usingRecursiveComparison()
                .ignoringFields("conversation", "sequence")
                .isEqualTo(message);
    }

    @Test
    protected void appendsOfOneUserCompleteInTheirOrder() {
        List<String> completed = new CopyOnWriteArrayList<>();
        List<CompletionStage<Void>> stages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String text = "m" + i;
            stages.add(store.append(BOB, message(text)).thenAccept(appended -> completed.add(text)));
        }
        stages.forEach(MessageStoreContract::done);
        assertThat(completed)
                .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "m" + i).toList());
    }

    @Test
    protected void aReadSeesWhatWasAppendedBeforeItWasAsked() {
        CompletionStage<Appended> append = store.append(BOB, message("just now"));
        assertThat(texts(read(StoredMessage.NOT_STORED, 10, 10_000))).containsExactly("just now");
        done(append);
    }

    @Test
    protected void servesManyUsersAtOnce() {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            UserId user = new UserId("user-" + i);
            threads.add(CompletableFuture.runAsync(() -> {
                for (int n = 0; n < 50; n++) {
                    Message message = Message.text(
                                    new MessageId(user.hashCode(), n + 1), Address.user(user.value()), "m" + n)
                            .withServerFields(Address.user("alice"), null, 0, NOW);
                    assertThat(done(store.append(user, message)).code()).isEqualTo(ReasonCode.OK);
                }
            }));
        }
        threads.forEach(thread -> thread.orTimeout(30, TimeUnit.SECONDS).join());
        for (int i = 0; i < 8; i++) {
            Page page = done(store.read(new UserId("user-" + i), StoredMessage.NOT_STORED, 100, 1 << 20));
            assertThat(texts(page))
                    .isEqualTo(IntStream.range(0, 50).mapToObj(n -> "m" + n).toList());
        }
    }

    /** A message to bob from alice. */
    protected final Message message(String text) {
        return Message.text(new MessageId(1, ++counter), Address.user("bob"), text)
                .withServerFields(Address.user("alice"), null, 0, NOW);
    }

    /** Appends messages to bob with these texts; as they are kept. */
    protected final List<StoredMessage> appendAll(String... texts) {
        List<StoredMessage> kept = new ArrayList<>();
        for (String text : texts) {
            Appended appended = done(store.append(BOB, message(text)));
            assertThat(appended.code()).isEqualTo(ReasonCode.OK);
            kept.add(appended.stored());
        }
        return kept;
    }

    /** Reads in bob's inbox. */
    protected final Page read(long after, int maxMessages, int maxBytes) {
        return done(store.read(BOB, after, maxMessages, maxBytes));
    }

    /** The texts of a page. */
    protected static List<String> texts(Page page) {
        return page.messages().stream()
                .map(stored -> stored.message().payload().text())
                .toList();
    }

    /** What a stage completes with, within 10 s. */
    protected static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
