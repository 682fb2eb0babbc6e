// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.contracts.MessageStoreContract;
import io.hongyan.core.store.MessageStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class PostgresStoreContractTest extends MessageStoreContract {
    private static final int MAX_MESSAGE_BYTES = 100_000;

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
    protected MessageStore newStore() {
        return server.emptyStore().maxMessageBytes(MAX_MESSAGE_BYTES).open();
    }

    @Override
    protected MessageStore reopen() {
        return server.store().maxMessageBytes(MAX_MESSAGE_BYTES).open();
    }

    @Override
    protected int maxMessageBytes() {
        return MAX_MESSAGE_BYTES;
    }
}
