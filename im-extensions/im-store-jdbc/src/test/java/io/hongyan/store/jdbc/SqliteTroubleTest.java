// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hongyan.core.store.Appended;
import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.StoredMessage;
import io.hongyan.protocol.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk, a locked file, a directory in use. */
final class SqliteTroubleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private JdbcMessageStore store;
    private long counter;

    @AfterEach
    void close() {
        if (store != null) {
            store.close().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.matches("hongyan-store-(writer|completer|reader-.*)"));
    }

    @Test
    void aFullDiskRefusesLosesNothingAndIsLeftBehind() throws Exception {
        store = JdbcMessageStore.sqlite(directory)
                .pragma("max_page_count = 150")
                .open();
        String text = "x".repeat(4_000);
        long kept = 0;
        Appended appended = append(text);
        while (appended.code() == ReasonCode.OK) {
            kept++;
            appended = append(text);
        }
        assertThat(kept).isBetween(10L, 150L);
        assertThat(appended.code()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        InboxPage page = store.read(Messages.BOB, 0, 1_000, 10_000_000)
                .toCompletableFuture()
                .join();
        assertThat(page.messages()).as("reading goes on").hasSize((int) kept);
        assertThat(store.stats().failures()).isPositive();

        sql("DELETE FROM inbox", "DELETE FROM message");
        await().atMost(PATIENCE).until(() -> append("fits").code() == ReasonCode.OK);
        assertThat(append("next").sequence())
                .as("what was refused has no place")
                .isEqualTo(kept + 2);
    }

    @Test
    void aLockedDatabaseHoldsNobodyForEver() throws Exception {
        store = JdbcMessageStore.sqlite(directory)
                .answerWithin(Duration.ofSeconds(1))
                .open();
        assertThat(append("before").code()).isEqualTo(ReasonCode.OK);
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> append("within"))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(StoreUnavailableException.class);
            assertThat(append("behind").code()).as("at once").isEqualTo(ReasonCode.STORE_UNAVAILABLE);
            assertThat(store.stats().timeouts()).isPositive();
            statement.execute("ROLLBACK");
        }
        await().atMost(PATIENCE).until(() -> append("after").code() == ReasonCode.OK);
        assertThat(store.read(Messages.BOB, 0, 10, 1_000)
                        .toCompletableFuture()
                        .join()
                        .messages())
                .extracting(stored -> stored.message().sequence())
                .as("no gap")
                .startsWith(1L, 2L);
    }

    @Test
    void aRowThatCannotBeWrittenHarmsNoOther() throws Exception {
        store = JdbcMessageStore.sqlite(directory).open();
        sql("CREATE TRIGGER planted BEFORE INSERT ON message WHEN NEW.size = 13 "
                + "BEGIN SELECT RAISE(ABORT, 'planted'); END");
        List<CompletableFuture<Appended>> stages = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            String text = i % 50 == 0 ? "thirteen byte" : "good";
            stages.add(store.append(Messages.envelope(++counter, text)).toCompletableFuture());
        }
        long sequence = 0;
        for (int i = 1; i <= 200; i++) {
            Appended appended = stages.get(i - 1).get(20, TimeUnit.SECONDS);
            if (i % 50 == 0) {
                assertThat(appended.code()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
            } else {
                assertThat(appended.sequence()).isEqualTo(++sequence);
                assertThat(appended.positions().get(0)).isEqualTo(sequence);
            }
        }
        assertThat(append("after").sequence()).isEqualTo(197);
        List<StoredMessage> inbox = store.read(Messages.BOB, 0, 1_000, 100_000)
                .toCompletableFuture()
                .join()
                .messages();
        assertThat(inbox).hasSize(197);
        assertThat(inbox).extracting(stored -> stored.message().sequence()).doesNotHaveDuplicates();
    }

    @Test
    void aDirectoryIsOfOneStoreAtATime() {
        store = JdbcMessageStore.sqlite(directory).open();
        assertThatThrownBy(() -> JdbcMessageStore.sqlite(directory).open())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another store");
        store.close().toCompletableFuture().join();
        store = JdbcMessageStore.sqlite(directory).open();
        assertThat(append("again").code()).isEqualTo(ReasonCode.OK);
    }

    @Test
    void aFileThatIsNoDatabaseIsSaidAtTheOpening() throws IOException {
        Files.writeString(
                directory.resolve("messages.db"), "this is no database, but it is long enough to be one".repeat(50));
        assertThatThrownBy(() -> JdbcMessageStore.sqlite(directory).open()).isInstanceOf(RuntimeException.class);
    }

    @Test
    void afterTheCloseAllIsRefused() {
        store = JdbcMessageStore.sqlite(directory).open();
        store.close().toCompletableFuture().join();
        assertThat(append("late").code()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        assertThat(store.read(Messages.BOB, 0, 1, 1).toCompletableFuture()).isCompletedExceptionally();
    }

    private Appended append(String text) {
        return store.append(Messages.envelope(++counter, text))
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("messages.db"));
    }

    private void sql(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.executeUpdate(sql);
            }
        }
    }
}
