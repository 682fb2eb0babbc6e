// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Envelope;
import io.hongyan.core.store.InboxPage;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is let go, what stays, and what an inbox says of it. */
final class RetentionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long HOUR_MILLIS = 3_600_000;
    private static final ConversationId QUIET = ConversationId.ofUsers(new UserId("carol"), Messages.BOB);

    @TempDir
    private Path directory;

    private JdbcMessageStore store;
    private long counter;

    @AfterEach
    void close() {
        store.close().toCompletableFuture().join();
    }

    @Test
    void keepsAllUnlessItIsToldOtherwise() {
        store = JdbcMessageStore.sqlite(directory)
                .retentionPause(Duration.ZERO)
                .keepAtLeast(Duration.ZERO)
                .open();
        append(Messages.CHAT, 1_000 * HOUR_MILLIS);
        append(Messages.CHAT, 0);
        assertThat(page(0).messages()).hasSize(2);
        assertThat(store.stats().retired()).isZero();
    }

    @Test
    void tellsOfAGapAtTheBeginningOfAnInbox() {
        store = open(Duration.ofHours(2), 0, Duration.ofHours(1));
        append(Messages.CHAT, 5 * HOUR_MILLIS);
        append(Messages.CHAT, 3 * HOUR_MILLIS);
        append(Messages.CHAT, HOUR_MILLIS);
        append(Messages.CHAT, 0);
        await().atMost(PATIENCE).until(() -> store.stats().retired() == 2);
        InboxPage page = page(0);
        assertThat(page.lostThrough()).isEqualTo(2);
        assertThat(page.messages()).extracting(stored -> stored.position()).containsExactly(3L, 4L);
        assertThat(page.last()).isTrue();
        assertThat(page(1).lostThrough()).isEqualTo(2);
        assertThat(page(2).lostThrough()).as("no gap from here").isEqualTo(2);
        assertThat(page(3).lostThrough()).isEqualTo(3);
        assertThat(history()).containsExactly(4L, 3L);
        assertThat(append(Messages.CHAT, 0)).as("places go on").isEqualTo(5);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(rows("inbox")).as("rows of the inbox").isEqualTo(3));
        assertThat(page(0).lostThrough()).isEqualTo(2);
    }

    @Test
    void keepsTheNewestOfEachConversationAndTellsOfGapsBetween() {
        store = open(Duration.ZERO, 2, Duration.ofHours(1));
        append(Messages.CHAT, 9 * HOUR_MILLIS);
        append(QUIET, 9 * HOUR_MILLIS);
        append(Messages.CHAT, 9 * HOUR_MILLIS);
        append(Messages.CHAT, 9 * HOUR_MILLIS);
        append(Messages.CHAT, 9 * HOUR_MILLIS);
        append(Messages.CHAT, 9 * HOUR_MILLIS);
        await().atMost(PATIENCE).until(() -> store.stats().retired() == 3);
        InboxPage first = page(0);
        assertThat(first.lostThrough()).isEqualTo(1);
        assertThat(first.messages()).extracting(stored -> stored.position()).containsExactly(2L);
        assertThat(first.through()).isEqualTo(2);
        assertThat(first.last()).isFalse();
        InboxPage second = page(first.through());
        assertThat(second.lostThrough()).isEqualTo(4);
        assertThat(second.messages()).extracting(stored -> stored.position()).containsExactly(5L, 6L);
        assertThat(second.last()).isTrue();
    }

    @Test
    void whatIsYoungStaysHoweverMuchItIs() {
        store = open(Duration.ofMillis(1), 1, Duration.ofHours(1));
        append(QUIET, 9 * HOUR_MILLIS);
        for (int i = 0; i < 10; i++) {
            append(Messages.CHAT, HOUR_MILLIS / 2);
        }
        await().atMost(PATIENCE).until(() -> store.stats().retired() > 0);
        assertThat(page(0).messages()).hasSize(10);
        assertThat(store.stats().retired()).isEqualTo(1);
    }

    @Test
    void anInboxOfWhichAllIsGoneSaysSo() {
        store = open(Duration.ofHours(2), 0, Duration.ofHours(1));
        append(Messages.CHAT, 5 * HOUR_MILLIS);
        append(Messages.CHAT, 5 * HOUR_MILLIS);
        await().atMost(PATIENCE).until(() -> store.stats().retired() == 2);
        assertThat(page(0)).isEqualTo(new InboxPage(List.of(), 2, 2, true));
        assertThat(append(Messages.CHAT, 0)).isEqualTo(3);
    }

    private JdbcMessageStore open(Duration keepFor, long keepMessages, Duration keepAtLeast) {
        return JdbcMessageStore.sqlite(directory)
                .keepFor(keepFor)
                .keepMessages(keepMessages)
                .keepAtLeast(keepAtLeast)
                .retentionPause(Duration.ZERO)
                .open();
    }

    private long append(ConversationId conversation, long ageMillis) {
        Message message = Message.text(new MessageId(1, ++counter), new Address.User(Messages.BOB), "m")
                .withServerFields(new Address.User(Messages.ALICE), null, 0, System.currentTimeMillis() - ageMillis);
        return store.append(new Envelope(conversation, message, List.of(Messages.BOB)))
                .toCompletableFuture()
                .join()
                .sequence();
    }

    private InboxPage page(long after) {
        return store.read(Messages.BOB, after, 100, 100_000)
                .toCompletableFuture()
                .join();
    }

    private List<Long> history() {
        return store.history(Messages.CHAT, Long.MAX_VALUE, 100, 100_000).toCompletableFuture().join().stream()
                .map(Message::sequence)
                .toList();
    }

    private long rows(String table) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("messages.db"));
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            return row.getLong(1);
        }
    }
}
