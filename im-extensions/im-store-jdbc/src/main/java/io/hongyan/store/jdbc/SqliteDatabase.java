// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.protocol.packet.Message;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * SQLite in a directory, which is this process's as long as it is open. Write-ahead log, synced with each commit.
 */
final class SqliteDatabase implements Database {
    private static final String FILE = "messages.db";
    private static final String LOCK_FILE = "messages.lock";
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;
    private static final int CACHE_KIB = 32 * 1024;

    private final Path directory;
    private final List<String> pragmas;
    private final FileChannel lockFile;
    private final SQLiteDataSource source;

    /** @param pragmas what each link says first, for tests: {@code max_page_count = 100} */
    SqliteDatabase(Path directory, List<String> pragmas) {
        this.directory = directory.toAbsolutePath();
        this.pragmas = List.copyOf(pragmas);
        this.lockFile = lock(this.directory);
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setCacheSize(-CACHE_KIB);
        this.source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + this.directory.resolve(FILE));
        try {
            Schema.migrate(source, Dialect.SQLITE);
        } catch (RuntimeException failed) {
            unlock();
            throw failed;
        }
    }

    @Override
    public Dialect dialect() {
        return Dialect.SQLITE;
    }

    @Override
    public boolean durable() {
        return true;
    }

    @Override
    public boolean isExclusive() {
        return true;
    }

    @Override
    public int maxMessageBytes() {
        return Message.MAX_PAYLOAD_BYTES;
    }

    @Override
    public String description() {
        return "SQLite in " + directory;
    }

    @Override
    public Link openWriter() throws SQLException {
        return open();
    }

    @Override
    public Link openReader() throws SQLException {
        Link link = open();
        link.execute("PRAGMA query_only = 1");
        link.commit();
        return link;
    }

    @Override
    public void close() {
        unlock();
    }

    private Link open() throws SQLException {
        Connection connection = source.getConnection();
        try {
            Link link = new Link(Dialect.SQLITE, connection);
            for (String pragma : pragmas) {
                link.execute("PRAGMA " + pragma);
            }
            return link;
        } catch (SQLException failed) {
            connection.close();
            throw failed;
        }
    }

    private static FileChannel lock(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel file =
                    FileChannel.open(directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lockOf(file) == null) {
                file.close();
                throw new IllegalStateException("another store has " + directory + " open");
            }
            return file;
        } catch (IOException failed) {
            throw new IllegalStateException("no store in " + directory + ": " + failed, failed);
        }
    }

    private static @Nullable FileLock lockOf(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException ofThisProcess) {
            return null;
        }
    }

    private void unlock() {
        try {
            lockFile.close();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
