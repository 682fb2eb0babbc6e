// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.packet.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link JdbcMessageStore}; all have defaults. Begin with {@link JdbcMessageStore#sqlite} or
 * {@link JdbcMessageStore#jdbc}. Of one thread.
 */
public final class JdbcStoreBuilder {
    private final @Nullable Path directory;
    private final String url;
    private final String user;
    private final String password;
    private final List<String> pragmas = new ArrayList<>();
    private NanoClock clock = NanoClock.SYSTEM;
    private int batchMessages = 256;
    private Duration batchDelay = Duration.ofMillis(2);
    private int queuedMessages = 16_384;
    private long queuedBytes = 64L * 1024 * 1024;
    private Duration answerWithin = Duration.ofSeconds(10);
    private int maxMessageBytes = Message.MAX_PAYLOAD_BYTES;
    private int readers = 2;
    private int queuedReads = 4_096;
    private Duration keepFor = Duration.ZERO;
    private long keepMessages;
    private Duration keepAtLeast = Duration.ofHours(1);
    private Duration retentionPause = Duration.ofMillis(200);

    private JdbcStoreBuilder(@Nullable Path directory, String url, String user, String password) {
        this.directory = directory;
        this.url = url;
        this.user = user;
        this.password = password;
    }

    static JdbcStoreBuilder sqlite(Path directory) {
        return new JdbcStoreBuilder(Objects.requireNonNull(directory, "directory"), "", "", "");
    }

    static JdbcStoreBuilder server(String url, String user, String password) {
        if (Dialect.of(url) == Dialect.SQLITE) {
            throw new IllegalArgumentException("SQLite is opened by its directory");
        }
        return new JdbcStoreBuilder(null, url, user, password);
    }

    /** Most messages in one transaction, 1 to 10,000; 256 by default. */
    public JdbcStoreBuilder batchMessages(int batchMessages) {
        this.batchMessages = within("batchMessages", batchMessages, 1, 10_000);
        return this;
    }

    /**
     * How long a message waits, at most, for others to be written with, 0 to 1 s; 2 ms by default. It waits only while fewer
     * are there than came the last time: a single sender does not wait.
     */
    public JdbcStoreBuilder batchDelay(Duration batchDelay) {
        this.batchDelay = within("batchDelay", batchDelay, Duration.ZERO, Duration.ofSeconds(1));
        return this;
    }

    /** Most messages that wait for the writer, at least 1; 16,384 by default. */
    public JdbcStoreBuilder queuedMessages(int queuedMessages) {
        this.queuedMessages = within("queuedMessages", queuedMessages, 1, Integer.MAX_VALUE);
        return this;
    }

    /** Most bytes that wait for the writer, at least 1; 64 MiB by default. One message is always taken. */
    public JdbcStoreBuilder queuedBytes(long queuedBytes) {
        if (queuedBytes < 1) {
            throw new IllegalArgumentException("queuedBytes: at least 1");
        }
        this.queuedBytes = queuedBytes;
        return this;
    }

    /**
     * How long an answer of the database is waited for, 1 s to 5 min; 10 s by default. After that what is with the database
     * fails, what waits behind is refused, and new messages are refused until the database answers.
     */
    public JdbcStoreBuilder answerWithin(Duration answerWithin) {
        this.answerWithin = within("answerWithin", answerWithin, Duration.ofSeconds(1), Duration.ofMinutes(5));
        return this;
    }

    /** The largest payload that is kept, in bytes, 1 to 2^24 - 1; that by default. */
    public JdbcStoreBuilder maxMessageBytes(int maxMessageBytes) {
        this.maxMessageBytes = within("maxMessageBytes", maxMessageBytes, 1, Message.MAX_PAYLOAD_BYTES);
        return this;
    }

    /** Threads that read, each with a connection, 1 to 64; 2 by default. */
    public JdbcStoreBuilder readers(int readers) {
        this.readers = within("readers", readers, 1, 64);
        return this;
    }

    /** Most reads that wait for a thread, at least 1; 4,096 by default. What comes then fails. */
    public JdbcStoreBuilder queuedReads(int queuedReads) {
        this.queuedReads = within("queuedReads", queuedReads, 1, 1_000_000);
        return this;
    }

    /** Lets messages go that are older, in the background; 0, the default, keeps all. */
    public JdbcStoreBuilder keepFor(Duration keepFor) {
        this.keepFor = within("keepFor", keepFor, Duration.ZERO, Duration.ofDays(36_500));
        return this;
    }

    /** Lets all but the newest so many messages of each conversation go, in the background; 0, the default, keeps all. */
    public JdbcStoreBuilder keepMessages(long messagesPerConversation) {
        if (messagesPerConversation < 0) {
            throw new IllegalArgumentException("keepMessages: at least 0");
        }
        this.keepMessages = messagesPerConversation;
        return this;
    }

    /**
     * What is younger stays, whatever {@link #keepFor} and {@link #keepMessages} say; 1 h by default. A message that is
     * sent again with the same id is recognised as long as the first is kept.
     */
    public JdbcStoreBuilder keepAtLeast(Duration keepAtLeast) {
        this.keepAtLeast = within("keepAtLeast", keepAtLeast, Duration.ZERO, Duration.ofDays(36_500));
        return this;
    }

    /** How long retention rests between two steps, for tests. */
    JdbcStoreBuilder retentionPause(Duration retentionPause) {
        this.retentionPause = retentionPause;
        return this;
    }

    /** What each connection to SQLite begins with, for tests. */
    JdbcStoreBuilder pragma(String pragma) {
        pragmas.add(pragma);
        return this;
    }

    /** Another clock, for tests. */
    JdbcStoreBuilder clock(NanoClock clock) {
        this.clock = clock;
        return this;
    }

    /**
     * Opens the database and makes its tables, or brings them up to date; waits for it.
     *
     * @throws IllegalStateException when the database cannot be reached, or another process has the directory
     */
    public JdbcMessageStore open() {
        Database database = directory != null
                ? new SqliteDatabase(directory, pragmas)
                : new ServerDatabase(url, user, password, readers + 2, answerWithin.toMillis());
        return open(database);
    }

    JdbcMessageStore open(Database database) {
        return new JdbcMessageStore(database, options(), clock);
    }

    StoreOptions options() {
        return new StoreOptions(
                batchMessages,
                batchDelay.toNanos(),
                8_192,
                16L * 1024 * 1024,
                queuedMessages,
                queuedBytes,
                answerWithin.toNanos(),
                TimeUnit.MILLISECONDS.toNanos(50),
                maxMessageBytes,
                readers,
                queuedReads,
                keepFor.toMillis(),
                keepMessages,
                keepAtLeast.toMillis(),
                retentionPause.toNanos());
    }

    private static int within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + least + " to " + most + ", not " + value);
        }
        return value;
    }

    private static Duration within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + ": " + least + " to " + most + ", not " + value);
        }
        return value;
    }
}
