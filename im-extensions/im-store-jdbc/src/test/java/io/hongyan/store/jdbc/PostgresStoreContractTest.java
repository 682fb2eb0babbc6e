// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
final class PostgresStoreContractTest extends ServerStoreContract {
    @TempDir
    private static Path directory;

    private static DatabaseServer server;

    @BeforeAll
    static void startServer() {
        try {
            server = PostgresServer.start(directory);
        } catch (IOException | RuntimeException failed) {
            DatabaseServer.absent("PostgreSQL", failed);
        }
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    DatabaseServer server() {
        return server;
    }

    @Override
    String lockTable(String table) {
        return "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE";
    }
}
