// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A real server of a database, started for some tests. */
interface DatabaseServer extends AutoCloseable {
    /** The tables of a store. */
    List<String> TABLES = List.of("read_mark", "device", "inbox", "message", "address", "conversation");

    String url();

    String user();

    String password();

    /** Ends its processes as a power cut would, as far as a test can. */
    void kill();

    /** Starts it again over the same files and under the same address. */
    void restart();

    @Override
    void close();

    /** Where the tests are to judge, each server must be there; elsewhere tests are skipped, and say why. */
    static void absent(String what, Exception cause) {
        String text = what + ": these tests did NOT run (" + cause.getMessage() + ")";
        if (System.getenv("CI") != null) {
            throw new AssertionError(text, cause);
        }
        System.err.println(text);
        Assumptions.abort(text);
    }

    /** Options of a store on this server, whose tables are empty. */
    default JdbcStoreBuilder emptyStore() {
        try (Connection connection = DriverManager.getConnection(url(), user(), password());
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.executeUpdate("DELETE FROM " + table);
            }
        } catch (SQLException noTablesYet) {
            // The store makes them.
        }
        return store();
    }

    /** Options of a store on this server. */
    default JdbcStoreBuilder store() {
        return JdbcMessageStore.jdbc(url(), user(), password());
    }
}
