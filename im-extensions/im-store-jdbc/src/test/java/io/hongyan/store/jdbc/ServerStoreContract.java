// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.contracts.MessageStoreContract;
import io.hongyan.core.store.Appended;
import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.MessageStore;
import io.hongyan.core.store.StoredMessage;
import io.hongyan.protocol.ReasonCode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a store on a server does, and does when the server does not. */
abstract class ServerStoreContract extends MessageStoreContract {
    private static final int MAX_MESSAGE_BYTES = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SENT_BEFORE_THE_KILL = 100;

    /** The server of this class. */
    abstract DatabaseServer server();

    /** Keeps all others from a table of its. */
    abstract String lockTable(String table);

    @Override
    protected final MessageStore newStore() {
        return server().emptyStore().maxMessageBytes(MAX_MESSAGE_BYTES).open();
    }

    @Override
    protected final MessageStore reopen() {
        return server().store().maxMessageBytes(MAX_MESSAGE_BYTES).open();
    }

    @Override
    protected final int maxMessageBytes() {
        return MAX_MESSAGE_BYTES;
    }

    @Test
    void isDurableAndShowsNoSecret() {
        assertThat(store.durable()).isTrue();
        assertThat(store.description()).contains("127.0.0.1").doesNotContain("?");
    }

    @Test
    void whatWasConfirmedOutlivesTheServerAndTheStoreGoesOn() {
        Map<Long, Long> confirmed = new HashMap<>();
        List<CompletionStage<Appended>> stages = new ArrayList<>();
        for (long counter = 1; counter <= 2 * SENT_BEFORE_THE_KILL; counter++) {
            stages.add(store.append(Messages.envelope(counter)));
            if (counter == SENT_BEFORE_THE_KILL) {
                done(stages.get(SENT_BEFORE_THE_KILL / 2));
                server().kill();
            }
        }
        for (int i = 0; i < stages.size(); i++) {
            Appended appended = okOrNull(stages.get(i));
            if (appended != null) {
                confirmed.put(i + 1L, appended.sequence());
            }
        }
        assertThat(confirmed).hasSizeBetween(SENT_BEFORE_THE_KILL / 2, 2 * SENT_BEFORE_THE_KILL - 1);
        server().restart();
        List<Long> sequences = new ArrayList<>();
        for (long counter = 1; counter <= 2 * SENT_BEFORE_THE_KILL; counter++) {
            Appended appended = appendUntilItIsKept(counter);
            sequences.add(appended.sequence());
            if (confirmed.containsKey(counter)) {
                assertThat(appended.repeated()).isTrue();
                assertThat(appended.sequence()).isEqualTo(confirmed.get(counter));
            }
        }
        assertThat(sequences).doesNotHaveDuplicates().hasSize(2 * SENT_BEFORE_THE_KILL);
        assertThat(sequences.stream().mapToLong(Long::longValue).max()).hasValue(2 * SENT_BEFORE_THE_KILL);
        List<StoredMessage> inbox = readAll(BOB);
        assertThat(inbox).hasSize(2 * SENT_BEFORE_THE_KILL);
    }

    @Test
    void aServerThatHangsHoldsNobodyForEver() throws Exception {
        JdbcMessageStore impatient =
                server().store().answerWithin(Duration.ofSeconds(1)).open();
        try (Connection connection = DriverManager.getConnection(server().url(), server().user(), server().password());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(lockTable("message"));
            CompletionStage<Appended> hung = impatient.append(Messages.envelope(1));
            assertThat(okOrNull(hung)).isNull();
            CompletionStage<InboxPage> read = impatient.read(BOB, 0, 10, 1000);
            await().atMost(PATIENCE).until(() -> read.toCompletableFuture().isDone());
        }
        await().atMost(PATIENCE).until(() -> okOrNull(impatient.append(Messages.envelope(2))) != null);
        assertThat(impatient.stats().failures() + impatient.stats().timeouts()).isPositive();
        done(impatient.close());
    }

    @Test
    void twoStoresOnOneDatabaseLeaveNoGapAndNoDouble() {
        MessageStore other = reopen();
        try {
            List<CompletionStage<Appended>> stages = new ArrayList<>();
            for (long counter = 1; counter <= 500; counter++) {
                stages.add(store.append(Messages.envelope(counter)));
                stages.add(other.append(Messages.envelope(counter + (counter % 2 == 0 ? 0 : 1_000))));
            }
            long kept = stages.stream().filter(stage -> !done(stage).repeated()).count();
            assertThat(kept).isEqualTo(750);
            List<StoredMessage> inbox = readAll(BOB);
            assertThat(inbox).hasSize(750);
            for (int i = 0; i < inbox.size(); i++) {
                assertThat(inbox.get(i).position()).isEqualTo(i + 1);
                assertThat(inbox.get(i).message().sequence()).isEqualTo(i + 1);
            }
        } finally {
            done(other.close());
        }
    }

    /** Sends again as a client does. */
    private Appended appendUntilItIsKept(long counter) {
        Appended[] kept = {okOrNull(store.append(Messages.envelope(counter)))};
        if (kept[0] != null) {
            return kept[0];
        }
        await().atMost(PATIENCE).until(() -> {
            kept[0] = okOrNull(store.append(Messages.envelope(counter)));
            return kept[0] != null;
        });
        return kept[0];
    }

    /** Null when it was refused or failed. */
    private static Appended okOrNull(CompletionStage<Appended> stage) {
        Appended appended = done(stage.exceptionally(failure -> null));
        return appended != null && appended.code() == ReasonCode.OK ? appended : null;
    }
}
