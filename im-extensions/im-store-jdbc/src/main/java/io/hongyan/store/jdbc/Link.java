// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A connection to the database and the statements prepared on it. Of one thread at a time.
 *
 * <p>Transactions begin by themselves with the first statement, and end with {@link #commit} or {@link #rollback}.
 */
final class Link {
    private static final int MOST_STATEMENTS = 64;

    private final Dialect dialect;
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new LinkedHashMap<>(16, 0.75f, true);

    Link(Dialect dialect, Connection connection) throws SQLException {
        this.dialect = dialect;
        this.connection = connection;
        connection.setAutoCommit(false);
    }

    Dialect dialect() {
        return dialect;
    }

    /** A statement; the same again for the same text. */
    PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known != null) {
            return known;
        }
        if (statements.size() == MOST_STATEMENTS) {
            var eldest = statements.values().iterator();
            eldest.next().close();
            eldest.remove();
        }
        PreparedStatement statement = connection.prepareStatement(sql);
        statements.put(sql, statement);
        return statement;
    }

    /** Runs a statement without parameters. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void commit() throws SQLException {
        connection.commit();
    }

    /** Takes back what was done, and forgets what was to be done: a batch that was not run would run with the next. */
    void rollback() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.clearBatch();
        }
        connection.rollback();
    }

    /** Ends it; gives a pooled connection back. */
    void close() throws SQLException {
        try {
            for (PreparedStatement statement : statements.values()) {
                statement.close();
            }
        } finally {
            statements.clear();
            connection.close();
        }
    }

    /** Ends it from another thread, while its own waits for the database. */
    void abort() throws SQLException {
        connection.abort(Runnable::run);
    }
}
