// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.hongyan.protocol.packet.Message;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** PostgreSQL, MariaDB or MySQL, behind a pool of connections. No answer is waited for longer than the given time. */
final class ServerDatabase implements Database {
    private static final long LONGEST_WAIT_MILLIS = 1_000;
    private static final String IS_DURABLE =
            "SELECT CASE setting WHEN 'on' THEN 1 ELSE 0 END FROM pg_settings WHERE name = 'fsync'";
    private static final String IS_DURABLE_MARIADB = "SELECT @@innodb_flush_log_at_trx_commit";
    private static final String PACKET_MARIADB = "SELECT @@max_allowed_packet";
    /** What a row needs in a packet besides the payload, and more. */
    private static final int ROW_BYTES = 64 * 1024;

    private final Dialect dialect;
    private final String url;
    private final HikariDataSource pool;
    private final boolean durable;
    private final int maxMessageBytes;

    /**
     * @param connections at most so many
     * @param timeoutMillis the longest wait for a connection or an answer, at least 1,000
     */
    ServerDatabase(String url, String user, String password, int connections, long timeoutMillis) {
        this.dialect = Dialect.of(url);
        this.url = withoutOptions(url);
        HikariConfig config = new HikariConfig();
        config.setPoolName("hongyan-store-pool");
        config.setJdbcUrl(url.startsWith("jdbc:mysql:") ? "jdbc:mariadb:" + url.substring(11) : url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(connections);
        // All connections have one that uses them: only a server that is gone makes anybody wait for one.
        config.setConnectionTimeout(Math.min(timeoutMillis, LONGEST_WAIT_MILLIS));
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setDataSourceProperties(properties(dialect, timeoutMillis));
        if (dialect == Dialect.POSTGRESQL) {
            config.setConnectionInitSql("SET synchronous_commit = on");
        }
        this.pool = new HikariDataSource(config);
        try {
            Schema.migrate(pool, dialect);
            this.durable = number(dialect == Dialect.POSTGRESQL ? IS_DURABLE : IS_DURABLE_MARIADB) == 1;
            this.maxMessageBytes = dialect == Dialect.POSTGRESQL
                    ? Message.MAX_PAYLOAD_BYTES
                    : (int) Math.min(Message.MAX_PAYLOAD_BYTES, number(PACKET_MARIADB) - ROW_BYTES);
        } catch (SQLException | RuntimeException failed) {
            pool.close();
            throw new IllegalStateException("no store at " + this.url + ": " + failed.getMessage(), failed);
        }
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public boolean durable() {
        return durable;
    }

    @Override
    public boolean isExclusive() {
        return false;
    }

    @Override
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    @Override
    public String description() {
        return url;
    }

    @Override
    public Link openWriter() throws SQLException {
        return new Link(dialect, pool.getConnection());
    }

    @Override
    public Link openReader() throws SQLException {
        return openWriter();
    }

    @Override
    public void close() {
        pool.close();
    }

    private long number(String select) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(select)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static Properties properties(Dialect dialect, long timeoutMillis) {
        Properties properties = new Properties();
        if (dialect == Dialect.POSTGRESQL) {
            String seconds = Long.toString(Math.max(1, timeoutMillis / 1000));
            properties.setProperty("connectTimeout", seconds);
            properties.setProperty("socketTimeout", seconds);
            properties.setProperty("tcpKeepAlive", "true");
            properties.setProperty("reWriteBatchedInserts", "true");
            properties.setProperty("ApplicationName", "hongyan-store");
        } else {
            properties.setProperty("connectTimeout", Long.toString(timeoutMillis));
            properties.setProperty("socketTimeout", Long.toString(timeoutMillis));
            properties.setProperty("tcpKeepAlive", "true");
            properties.setProperty("useBulkStmts", "true");
            properties.setProperty("useServerPrepStmts", "true");
        }
        return properties;
    }

    /** Options may hold secrets. */
    private static String withoutOptions(String url) {
        int options = url.indexOf('?');
        return options < 0 ? url : url.substring(0, options);
    }
}
