// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.store;

import io.hongyan.store.jdbc.JdbcMessageStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The database that is measured.
 *
 * @param place a directory for SQLite, else a JDBC address
 */
record Target(String place, String user, String password) {
    private static final List<String> TABLES =
            List.of("read_mark", "device", "inbox", "message", "address", "conversation");

    /** {@code DIRECTORY}, or {@code URL USER [PASSWORD]}. */
    static Target of(List<String> words) {
        return new Target(words.get(0), words.size() > 1 ? words.get(1) : "", words.size() > 2 ? words.get(2) : "");
    }

    boolean isSqlite() {
        return !place.startsWith("jdbc:");
    }

    JdbcMessageStore open() {
        return isSqlite()
                ? JdbcMessageStore.sqlite(Path.of(place)).open()
                : JdbcMessageStore.jdbc(place, user, password).open();
    }

    /** A connection of one's own, which syncs as the store's do. */
    Connection connect() throws SQLException {
        if (!isSqlite()) {
            String separator = place.contains("?") ? "&" : "?";
            String fast = place.startsWith("jdbc:postgresql:") ? "reWriteBatchedInserts=true" : "useBulkStmts=true";
            return DriverManager.getConnection(place + separator + fast, user, password);
        }
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + Path.of(place, "messages.db"));
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA cache_size = -32768");
        }
        return connection;
    }

    /** Makes the tables, if they are not there, and empties them. */
    void empty() throws SQLException {
        open().close().toCompletableFuture().join();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.executeUpdate("DELETE FROM " + table);
            }
        }
    }
}
