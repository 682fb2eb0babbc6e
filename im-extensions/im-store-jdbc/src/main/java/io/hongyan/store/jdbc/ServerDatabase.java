// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** PostgreSQL, MariaDB or MySQL, behind a pool of connections. No answer is waited for longer than the given time. */
final class ServerDatabase implements Database {
    private final Dialect dialect;
    private final String url;
    private final HikariDataSource pool;
    private final boolean durable;

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
        config.setConnectionTimeout(timeoutMillis);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setDataSourceProperties(properties(dialect, timeoutMillis));
        if (dialect == Dialect.POSTGRESQL) {
            config.setConnectionInitSql("SET synchronous_commit = on");
        }
        this.pool = new HikariDataSource(config);
        try {
            Schema.migrate(pool, dialect);
            this.durable = asksDurable();
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

    private boolean asksDurable() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet setting = statement.executeQuery(
                        dialect == Dialect.POSTGRESQL
                                ? "SELECT CASE setting WHEN 'on' THEN 1 ELSE 0 END FROM pg_settings WHERE name = 'fsync'"
                                : "SELECT @@innodb_flush_log_at_trx_commit")) {
            return setting.next() && setting.getInt(1) == 1;
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
